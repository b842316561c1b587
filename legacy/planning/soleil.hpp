// soleil.hpp - position approchée du Soleil
#ifndef SOLEIL_HPP
#define SOLEIL_HPP

#include "lieu.hpp"

namespace plan {

// ascension droite et déclinaison, degrés
struct Equatoriales {
    double alpha, delta;
};

// formules courtes de l'Astronomical Almanac : 0.01 degré de 1950 à 2050.
// Dates : jour julien 1950 et sa fraction, TU.
class Soleil {
public:
    static const double unite_astronomique;     // m
    static const double rayon;                  // m
    static double longitude(double jj50);       // écliptique, degrés
    static double distance(double jj50);        // m
    static Equatoriales equatoriales(double jj50);
    // équateur et équinoxe moyens de la date, m
    static Vecteur3 position(double jj50);
    // repère terrestre, m
    static Vecteur3 terrestre(double jj50);
    // temps sidéral moyen de Greenwich, degrés dans [0,360[
    static double temps_sideral(double jj50);

private:
    static double   date_gardee_;       // dernier appel de terrestre
    static Vecteur3 garde_;
};

} // namespace plan
#endif
