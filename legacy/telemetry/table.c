/* table.c - table de décommutation de la servitude (satellite fictif) */
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)table.c 3.2 97/09/15 CMP TM";

/* thermistance des batteries : point brut, degrés Celsius */
static const tm_point table_tbat[6] = {
    { 0.0, -30.0 }, { 40.0, -10.0 }, { 96.0, 5.0 },
    { 160.0, 20.0 }, { 210.0, 40.0 }, { 255.0, 70.0 }
};
static const tm_point table_tcu[4] = {
    { 0.0, -40.0 }, { 100.0, 0.0 }, { 200.0, 35.0 }, { 255.0, 60.0 }
};

#define SANS            { TM_SANS, 0, { { 0.0 } } }
#define POLY1(a, b)     { TM_POLYNOME, 1, { { a, b } } }
#define POLY2(a, b, c)  { TM_POLYNOME, 2, { { a, b, c } } }
#define LIBRE           { -1e30, -1e30, 1e30, 1e30, 1 }

tm_parametre tm_table_parametres[TM_NB_PARAMETRES] = {
    { "MODE_SAT", "", 0, 4, TM_ETAT, SANS, { 0, 0, 3, 3, 1 } },
    { "NB_TC", "", 4, 12, TM_ENTIER, SANS, LIBRE },
    { "U_BAT", "V", 16, 12, TM_ENTIER, POLY1(0.0, 0.0125),
      { 22.0, 24.0, 33.5, 36.0, 3 } },
    { "I_BAT", "A", 28, 12, TM_SIGNE, POLY1(0.15, 0.02),
      { -40.0, -28.0, 28.0, 40.0, 3 } },
    { "U_BUS", "V", 40, 10, TM_ENTIER, POLY2(0.2, 0.0512, -1.5e-6),
      { 45.0, 47.0, 51.0, 53.0, 2 } },
    { "I_GS", "A", 50, 12, TM_ENTIER,
      { TM_DROITE, 0, { .droite = { 0.015f, -0.05f } } },
      { -1.0, -0.5, 48.0, 55.0, 2 } },
    { "T_BAT", "C", 62, 8, TM_ENTIER,
      { TM_TABLE, 6, { .points = table_tbat } }, { -5.0, 0.0, 25.0, 35.0, 5 } },
    { "T_PROP", "C", 70, 10, TM_ENTIER,
      { TM_THERMISTANCE, 0, { .therm = { 10000.0f, 25.0f, 3950.0f } } },
      { 5.0, 10.0, 45.0, 55.0, 5 } },
    { "P_RESERV", "bar", 80, 12, TM_ENTIER, POLY2(0.0, 0.0061, 1.2e-8),
      { 5.0, 6.5, 24.0, 26.0, 4 } },
    { "ROUE_X", "tmn", 92, 14, TM_SIGNE, POLY1(0.0, 0.5),
      { -2400.0, -2000.0, 2000.0, 2400.0, 2 } },
    { "ROUE_Y", "tmn", 106, 14, TM_SIGNE, POLY1(0.0, 0.5),
      { -2400.0, -2000.0, 2000.0, 2400.0, 2 } },
    { "ROUE_Z", "tmn", 120, 14, TM_SIGNE, POLY1(0.0, 0.5),
      { -2400.0, -2000.0, 2000.0, 2400.0, 2 } },
    { "TANGAGE", "deg", 134, 32, TM_1750A, SANS,
      { -0.15, -0.05, 0.05, 0.15, 1 } },
    { "ROULIS", "deg", 166, 32, TM_1750A, SANS,
      { -0.15, -0.05, 0.05, 0.15, 1 } },
    { "LACET", "deg", 198, 32, TM_1750A, SANS,
      { -0.15, -0.05, 0.05, 0.15, 1 } },
    { "FLUX_IR", "W/m", 230, 32, TM_FLOTTANT, SANS,
      { 100.0, 150.0, 320.0, 400.0, 2 } },
    { "HEURE_B", "hms", 262, 24, TM_BCD, SANS, LIBRE },
    { "T_CU", "C", 286, 8, TM_ENTIER,
      { TM_TABLE, 4, { .points = table_tcu } }, { -10.0, 5.0, 30.0, 40.0, 3 } }
};
