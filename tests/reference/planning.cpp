// Driver of the reference figures of the C++ planning and of the newer
// Fortran: calls the routines and prints one "name value" line per figure.
// The expected figures stand in tests/reference_planning.rs, with their
// sources.
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include "affectation.hpp"
#include "ephemeride.hpp"
#include "flight_dynamics.h"
#include "recherche.hpp"
#include "soleil.hpp"

using namespace plan;

static const double deg = 57.29577951308232;

static void put(const char *name, double x)
{
    std::printf("%s %.15e\n", name, x);
}

static void sun()
{
    const double       meeus = 15626.0, vallado = 20545.0;
    const Equatoriales e = Soleil::equatoriales(meeus);
    const Vecteur3     p = (1.0 / Soleil::unite_astronomique) * Soleil::position(vallado);

    put("sun.meeus.alpha", e.alpha);
    put("sun.meeus.delta", e.delta);
    put("sun.meeus.distance", Soleil::distance(meeus) / Soleil::unite_astronomique);
    put("sun.vallado.x", p.x);
    put("sun.vallado.y", p.y);
    put("sun.vallado.z", p.z);
    put("sidereal.meeus.0h", Soleil::temps_sideral(13613.0));
    put("sidereal.meeus.19h21", Soleil::temps_sideral(13613.0 + 19.35 / 24.0));
    // the Sun is over the meridian of Greenwich at 12h less the equation of time,
    // which is +16.4 min at its maximum, 3 November
    const Vecteur3 t = Soleil::terrestre(18934.0 + (43200.0 - 16.4 * 60.0) / 86400.0);
    put("sun.november.longitude", deg * std::atan2(t.y, t.x));
}

static void station()
{
    const Station academy("USAFA", 39.007, -104.883, 2187.0, 0.0);
    const Station aussaguel("AUSSAGUEL", 43.4287, 1.4994, 262.0, 5.0);
    const char   *said = "seen";

    try {
        academy.viser(Vecteur3(-1275121.9, -4797989.0, 3994297.5));
    } catch (const std::range_error &) {
        said = "here";
    }
    std::printf("station.vallado %s\n", said);
    const Direction pole = aussaguel.viser(Vecteur3(0.0, 0.0, 1e16));
    put("station.pole.elevation", pole.site);
    put("station.pole.azimuth", pole.azimut);
    // a geostationary satellite over the station's meridian
    const double    l = 1.4994 / deg;
    const Direction geo = aussaguel.viser(42164e3 * Vecteur3(std::cos(l), std::sin(l), 0.0));
    put("station.geostationary.azimuth", geo.azimut);
    put("station.geostationary.distance", geo.distance);
    put("refraction.meeus.minutes", 60.0 * refraction(33.246 / 60.0));
}

// half the umbra's length, on the axis of the shadow
static void shadow()
{
    const OmbreConique cones = ombre_terrestre();
    const Vecteur3     sun(Soleil::unite_astronomique, 0.0, 0.0);
    double             near = 1e9, far = 2e9;

    while (far - near > 1e3) {
        const double m = 0.5 * (near + far);

        if (cones.eclairement(Vecteur3(-m, 0.0, 0.0), sun) > 0.0)
            far = m;
        else
            near = m;
    }
    put("shadow.umbra", near);

    // a circular orbit in the plane of the Sun: the cylinder's share of it
    const double a = 7200000.0;
    int          in = 0;
    for (int i = 0; i < 100000; i++) {
        const double u = 2.0 * 3.14159265358979324 * i / 100000.0;

        in += OmbreCylindrique().eclipse(Vecteur3(a * std::cos(u), 0.0, a * std::sin(u)), sun);
    }
    put("shadow.cylinder.share", in / 100000.0 - std::asin(6378137.0 / a) / 3.14159265358979324);
}

static void interpolation()
{
    std::vector<double> x, y;
    Ephemeride          e;

    for (int i = 0; i < 8; i++) {
        const double t = 60.0 * i, u = t / 100.0;

        x.push_back(u);
        y.push_back(1.0 - u + u * u * u * u * u * u * u);
        e.ajouter(t, Vecteur3(1.0 + u, u * u, u * u * u));
    }
    put("lagrange.degree_7", lagrange(x, y, 1.7) - (1.0 - 1.7 + std::pow(1.7, 7.0)));
    const Etat s = e.etat(210.0);
    put("hermite.cubic", s.position.z - 2.1 * 2.1 * 2.1);
    put("hermite.velocity", s.vitesse.z - 3.0 * 2.1 * 2.1 / 100.0);
    put("hermite.value", hermite(0.0, 0.0, 0.0, 2.0, 8.0, 12.0, 1.0));
}

// against a scan of the elevations every 0.1 s
static void passes()
{
    const double  a = 7200000.0, n = std::sqrt(3.986004415e14 / (a * a * a));
    Ephemeride    e(300);
    const Station station("AUSSAGUEL", 43.4287, 1.4994, 262.0, 5.0);

    for (int i = 0; i < 300; i++) {
        const double t = 30.0 * i, u = n * t, l = -7.292115e-5 * t;

        e.ajouter(t, a * Vecteur3(std::cos(u) * std::cos(l), std::cos(u) * std::sin(l),
                                  std::sin(u)));
    }
    const Recherche            r(station, e, 19116.0);
    const std::vector<Passage> p = r.passages(0.0, e.fin());
    double                     rise = 0.0, set = 0.0, top = -90.0, when = 0.0;
    for (int k = 0; k < 20000; k++) {
        const double t = 0.1 * k, s = r.site(t);

        if (s >= 5.0 && rise == 0.0)
            rise = t;
        if (s >= 5.0)
            set = t;
        if (s > top) {
            top = s;
            when = t;
        }
    }
    put("pass.rise", p[0].creneau().debut() - rise);
    put("pass.set", p[0].creneau().fin() - set);
    put("pass.culmination", p[0].culmination() - when);
    put("pass.elevation", p[0].site_max() - top);
    put("doppler", doppler(-7000.0, 2.2e9));
}

// the best choice by trying them all
static void slots()
{
    const int n = 10;
    double    best = 0.0;
    Affectation all(60.0);
    std::vector<Option> options;
    unsigned  seed = 12345;

    for (int i = 0; i < n; i++) {
        seed = seed * 1103515245u + 12345u;
        const double start = (seed >> 16) % 3000, length = 200.0 + (seed >> 8) % 500;

        options.push_back(Option(Creneau(start, start + length), i, length / (1.0 + i % 3)));
        all.proposer(options.back());
    }
    for (int set = 0; set < 1 << n; set++) {
        double sum = 0.0;
        bool   fits = true;

        for (int i = 0; i < n; i++) {
            if (!(set >> i & 1))
                continue;
            sum += options[i].poids;
            for (int j = 0; j < n; j++)
                if (j != i && set >> j & 1) {
                    const Creneau &a = options[i].creneau, &b = options[j].creneau;

                    fits = fits && (a.fin() + 60.0 <= b.debut() || b.fin() + 60.0 <= a.debut());
                }
        }
        if (fits && sum > best)
            best = sum;
    }
    put("slots.best", all.poids(all.retenir()) - best);
}

static void fortran()
{
    const int32_t apollo = 7140, century = 1900, leap = 2000, three = 3;
    const double  below = 179e3, there = 550e3;
    double        x[3][3], v[3][3], att[4] = { 0, 0, 0, 0 }, gap = 0.0, drift = 0.0;
    const double  a = 7200000.0, n = std::sqrt(3.986004415e14 / (a * a * a)), step = 60.0;
    int32_t       ier = 9;
    char          name[9] = "        ";

    nomjou_(name, 8, &apollo);
    std::printf("weekday.apollo_11 %s\n", std::string(name, 8).c_str());
    put("leap", 10 * (lbissx_(&century) & 1) + (lbissx_(&leap) & 1));
    put("density.below", densit_(&below));
    put("density.550_km", densit_(&there));
    for (int k = 0; k < 3; k++) {
        const double u = n * step * k;

        x[k][0] = a * std::cos(u);
        x[k][1] = a * std::sin(u);
        v[k][0] = -a * n * std::sin(u);
        v[k][1] = a * n * std::cos(u);
        x[k][2] = v[k][2] = 0.0;
    }
    attjou_(&three, &step, x[0], v[0], att, &gap, &drift, &ier);
    put("attitude.ier", ier);
    put("attitude.rate", gap - n * step);
    put("attitude.drift", drift);
    put("attitude.norm", att[0] * att[0] + att[1] * att[1] + att[2] * att[2] + att[3] * att[3]);
    // 1 kg, 1 m2: 1 m of drag for 1 N.s
    const double a3 = 6378137.0 + 400e3, ae = 6378137.0, mass = 1000.0, area = 10.0, cx = 2.2;
    const int32_t quiet = 0;
    double        dadt = 0.0;
    decroi_(&a3, &ae, &mass, &area, &cx, &quiet, &dadt, &ier);
    put("drag.400_km", dadt);
}

int main()
{
    sun();
    station();
    shadow();
    interpolation();
    passes();
    slots();
    fortran();
    return 0;
}
