// ephemeride.hpp - positions tabulées et interpolation
#ifndef EPHEMERIDE_HPP
#define EPHEMERIDE_HPP

#include <cstddef>
#include <stdexcept>
#include <vector>
#include "lieu.hpp"

namespace plan {

// polynôme de Lagrange par tous les points (x[i], y[i])
template <class T>
T lagrange(const std::vector<double> &x, const std::vector<T> &y, double a);

// cubique d'Hermite : valeurs et dérivées aux deux bouts
template <class T>
T hermite(double ta, const T &ya, const T &da, double tb, const T &yb,
          const T &db, double t);

// 56 octets
struct Etat {
    double   t;
    Vecteur3 position, vitesse;
};

class HorsEphemeride : public std::out_of_range {
public:
    HorsEphemeride(double t, double debut, double fin);
    virtual ~HorsEphemeride() throw();
    double ecart() const { return ecart_; }

private:
    double ecart_;                      // s au-delà du bord le plus proche
};

// pas constant
class Ephemeride {
public:
    Ephemeride();
    explicit Ephemeride(std::size_t prevus);
    Ephemeride(const Ephemeride &autre);
    ~Ephemeride();
    Ephemeride &operator=(const Ephemeride &autre);

    void ajouter(double t, const Vecteur3 &position);
    void ajouter(const std::vector<Etat> &etats);
    std::size_t taille() const { return positions_.size(); }
    double debut() const;
    double fin() const;
    // Lagrange sur ordre points, centrés autant que possible
    Vecteur3 position(double t, int ordre = 8) const;
    // Hermite ; vitesses par différences centrées
    Etat etat(double t) const;
    static int vivantes();

private:
    std::size_t rang(double t) const;
    Vecteur3 vitesse(std::size_t i) const;

    double                debut_, pas_;
    std::vector<Vecteur3> positions_;
    static int            vivantes_;
};

} // namespace plan
#endif
