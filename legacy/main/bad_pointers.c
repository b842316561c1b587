/*
 * bad_pointers.c - les routines devant de mauvais pointeurs
 *
 * Chaque appel est fait sous un point de reprise : la faute éventuelle est
 * comptée, le programme continue. Statut 3.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "sccs.h"
#include "telecommand.h"

static const char sccs_id[] SCCS_GARDE = "@(#)bad_pointers.c 1.2 97/11/24 CMP";

#define STATUT 3

static sigjmp_buf   reprise;
static volatile int fautes = 0;

static void sur_faute(int signal)
{
    (void)signal;
    fautes++;
    siglongjmp(reprise, 1);
}

static void installer(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = sur_faute;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

/* n octets lisibles, suivis d'une page interdite */
static unsigned char *tronque(size_t n)
{
    size_t         page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *zone = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (zone == MAP_FAILED)
        return NULL;
    mprotect(zone + page, page, PROT_NONE);
    memset(zone, 0xA5, page);
    return zone + page - n;
}

/* page rendue au système : l'adresse n'est plus valable */
static unsigned char *libere(void)
{
    size_t         page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *zone = mmap(NULL, page, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    munmap(zone, page);
    return zone;
}

#define ESSAI(titre, format, appel)                     \
    do {                                                \
        if (sigsetjmp(reprise, 1) == 0)                 \
            printf("%-28s " format "\n", titre, appel); \
        else                                            \
            printf("%-28s faute\n", titre);             \
    } while (0)

static void essais_nuls(void)
{
    tm_entete    e;
    double       y = 0.0;
    unsigned int v = 0;

    ESSAI("crc16 nul, longueur 0", "%04X", tm_crc16(NULL, 0));
    ESSAI("crc16 nul", "%04X", tm_crc16(NULL, 4));
    ESSAI("decoder_entete nul", "%d", tm_decoder_entete(NULL, 128, &e));
    ESSAI("verifier_trame nul", "%d", tm_verifier_trame(NULL, 128));
    ESSAI("extraire_bits nul", "%d", tm_extraire_bits(NULL, 4, 0, 8, &v));
    ESSAI("table_lineaire nulle", "%d", tm_table_lineaire(NULL, 3, 1.0, &y));
    ESSAI("polynome nul", "%.1f", tm_polynome(NULL, 2, 1.0));
    ESSAI("chercher nul", "%d", tm_chercher(NULL));
    ESSAI("flux nul", "%d", tm_flux_alimenter(NULL, NULL, 3));
}

static void essais_tronques(void)
{
    unsigned char *t = tronque(64), *l = libere();
    unsigned int   v = 0;
    tm_entete      e;

    ESSAI("crc16 tronque, dedans", "%04X", tm_crc16(t, 64));
    ESSAI("crc16 tronque, au dela", "%04X", tm_crc16(t, 65));
    ESSAI("extraire_bits, dedans", "%d", tm_extraire_bits(t, 64, 500, 12, &v));
    ESSAI("extraire_bits, au dela", "%d", tm_extraire_bits(t, 100, 508, 12, &v));
    ESSAI("decoder_entete tronque", "%d", tm_decoder_entete(t + 60, 128, &e));
    ESSAI("chaine sans nul", "%d", tm_chercher((const char *)t + 40));
    ESSAI("crc16 libere", "%04X", tm_crc16(l, 2));
    ESSAI("somme_iso libere", "%04X", tc_somme_iso(l, 2));
    ESSAI("verifier libere", "%d", tc_verifier(l, 16));
    ESSAI("ecriture hors zone", "%d", tm_inserer_bits(t, 80, 510, 8, 0x3C));
    printf("%-28s %02X\n", "dernier octet", t[63]);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    installer();
    essais_nuls();
    essais_tronques();
    printf("fautes %d\n", fautes);
    return STATUT;
}
