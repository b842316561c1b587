// raising.cpp - routines that throw, and callers of Rust that catch
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <cxxabi.h>

extern "C" int raising_compteur;
int raising_compteur = 0;

namespace raising {

// counts the objects that live
struct Temoin {
    static int vivants;
    Temoin() { vivants++; }
    Temoin(const Temoin &) { vivants++; }
    ~Temoin() { vivants--; }
};
int Temoin::vivants = 0;

class Depassement : public std::out_of_range {
public:
    explicit Depassement(double ecart)
        : std::out_of_range("hors de l'\351ph\351m\351ride"), ecart_(ecart) {}
    virtual ~Depassement() throw() {}
    double ecart() const { return ecart_; }

private:
    double ecart_;
    Temoin temoin_;
};

struct Nu {
    Temoin temoin;
};

struct Point {
    double x, y;
};

template <class T> struct Gabarit {
    T valeur;
};

// as a destructor sees it, while an exception passes
struct Regard {
    ~Regard() { vu = std::uncaught_exceptions(); }
    static int vu;
};
int Regard::vu = 0;

int lancer(int kind)
{
    Temoin ici;
    Regard regard;

    switch (kind) {
    case 1: throw std::domain_error("division par zero");
    case 2: throw Depassement(12.5);
    case 3: throw 42;
    case 4: throw "un texte";
    case 5: throw Nu();
    case 6:
        try {
            lancer(2);
        } catch (...) {
            throw;
        }
        break;
    case 7: throw std::runtime_error(std::string(900, 'x'));
    case 8: std::rethrow_exception(std::make_exception_ptr(Depassement(1.0)));
    case 9: throw Gabarit<std::string>();
    case 10: throw std::runtime_error("");
    case 11: throw std::runtime_error(std::string(5000, 'y'));
    case 12:
        try {
            lancer(2);
        } catch (const Depassement &) {
            throw std::logic_error("dans un traitement");
        }
    }
    return kind * 2;
}

void deplacer(Point &p, int kind)
{
    p.x = 5.0;
    lancer(kind);
}

int statuer(int kind, double &valeur)
{
    if (kind < 0 || kind > 20)
        return kind < 0 ? kind : 3;
    valeur = lancer(kind);
    return 0;
}

bool pair(int n)
{
    if (n < 0)
        throw std::invalid_argument("negatif");
    return n % 2 == 0;
}

void compter()
{
    if (++raising_compteur % 3 == 0)
        throw std::length_error("trop");
}

} // namespace raising

// ---- Rust, called from C++

extern "C" int raising_relayer(int kind);
extern "C" int raising_gater(raising::Point &p, int kind);
extern "C" void raising_attendre();

static std::string nom(const std::type_info &type)
{
    int status = 0;
    char *plain = abi::__cxa_demangle(type.name(), 0, 0, &status);
    std::string name = plain ? plain : type.name();

    std::free(plain);
    return name;
}

static void rendre(char *texte, std::size_t lg, const std::string &dit)
{
    std::strncpy(texte, dit.c_str(), lg - 1);
    texte[lg - 1] = '\0';
}

extern "C" {

int raising_uncaught() { return std::uncaught_exceptions(); }
int raising_vivants() { return raising::Temoin::vivants; }
int raising_regard() { return raising::Regard::vu; }

// calls Rust, and says what came of it
void raising_hote(int kind, char *texte, std::size_t lg)
{
    try {
        int rendu = raising_relayer(kind);
        char nombre[32];

        std::snprintf(nombre, sizeof nombre, "%d", rendu);
        rendre(texte, lg, nombre);
    } catch (const raising::Depassement &e) {
        char nombre[64];

        std::snprintf(nombre, sizeof nombre, "Depassement de %g", e.ecart());
        rendre(texte, lg, nombre);
    } catch (const std::exception &e) {
        rendre(texte, lg, nom(typeid(e)) + ": " + e.what());
    } catch (int n) {
        rendre(texte, lg, n == 42 ? "int 42" : "int");
    } catch (...) {
        rendre(texte, lg, nom(*abi::__cxa_current_exception_type()));
    }
}

void raising_hote_gater(int kind, double *x, char *texte, std::size_t lg)
{
    raising::Point p = { 1.0, 2.0 };

    try {
        int code = raising_gater(p, kind);
        char nombre[32];

        std::snprintf(nombre, sizeof nombre, "code %d", code);
        rendre(texte, lg, nombre);
    } catch (const std::exception &e) {
        rendre(texte, lg, nom(typeid(e)) + ": " + e.what());
    }
    *x = p.x;
}

void raising_point_d_arret()
{
    for (;;) {
        pthread_testcancel();
    }
}

static void *fil(void *)
{
    raising::Temoin ici;

    raising_attendre();
    return 0;
}

// true: the thread was cancelled inside Rust's call of C++, and its objects are gone
int raising_annuler()
{
    pthread_t t;
    void *rendu = 0;
    int avant = raising::Temoin::vivants;

    if (pthread_create(&t, 0, fil, 0) != 0)
        return -1;
    pthread_cancel(t);
    pthread_join(t, &rendu);
    return rendu == PTHREAD_CANCELED && raising::Temoin::vivants == avant;
}

} // extern "C"
