// ombre.hpp - ombre de la Terre
#ifndef OMBRE_HPP
#define OMBRE_HPP

#include "lieu.hpp"

namespace plan {

class Ombre {
public:
    explicit Ombre(double rayon);
    virtual ~Ombre();
    // part visible du disque solaire : 1 au soleil, 0 dans l'ombre.
    // Positions depuis le centre de la Terre, même repère, m
    virtual double eclairement(const Vecteur3 &satellite,
                               const Vecteur3 &soleil) const = 0;
    virtual Ombre *copie() const = 0;
    bool eclipse(const Vecteur3 &satellite, const Vecteur3 &soleil) const;
    double rayon() const { return rayon_; }

protected:
    double rayon_;
};

// Soleil à l'infini, sans pénombre
class OmbreCylindrique : public Ombre {
public:
    explicit OmbreCylindrique(double rayon = 6378137.0);
    virtual double eclairement(const Vecteur3 &satellite,
                               const Vecteur3 &soleil) const;
    virtual Ombre *copie() const;
};

// cônes d'ombre et de pénombre
class OmbreConique : public Ombre {
public:
    OmbreConique(double rayon, double rayon_soleil);
    virtual double eclairement(const Vecteur3 &satellite,
                               const Vecteur3 &soleil) const;
    virtual Ombre *copie() const;

private:
    double rayon_soleil_;
};

// ombre de la Terre, atmosphère opaque jusqu'à cette altitude (m)
OmbreConique ombre_terrestre(double atmosphere = 0.0);

} // namespace plan
#endif
