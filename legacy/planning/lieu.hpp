// lieu.hpp - lieux au sol et direction du satellite
#ifndef LIEU_HPP
#define LIEU_HPP

#include <string>
#include <vector>

namespace plan {

struct Vecteur3 {
    double x, y, z;
    Vecteur3(double x_ = 0.0, double y_ = 0.0, double z_ = 0.0)
        : x(x_), y(y_), z(z_) {}
};

Vecteur3 operator+(const Vecteur3 &a, const Vecteur3 &b);
Vecteur3 operator-(const Vecteur3 &a, const Vecteur3 &b);
Vecteur3 operator*(double k, const Vecteur3 &a);
double scalaire(const Vecteur3 &a, const Vecteur3 &b);
Vecteur3 vectoriel(const Vecteur3 &a, const Vecteur3 &b);
double norme(const Vecteur3 &a);

// direction d'un satellite vu du sol, degrés et mètres
struct Direction {
    double site, azimut, distance;
};

class Lieu {
public:
    explicit Lieu(const std::string &nom) : nom_(nom) {}
    virtual ~Lieu() {}
    const std::string &nom() const { return nom_; }
    // satellite : position dans le repère terrestre, mètres
    virtual Direction viser(const Vecteur3 &satellite) const = 0;
    virtual double site_min(double azimut) const = 0;
    double marge(const Vecteur3 &satellite) const;

private:
    std::string nom_;
};

// station géodésique (ellipsoïde GRS 80), site minimal constant
class Station : public Lieu {
public:
    Station(const std::string &nom, double lat, double lon, double alt,
            double site_min);
    virtual Direction viser(const Vecteur3 &satellite) const;
    virtual double site_min(double azimut) const;

private:
    Vecteur3 origine_, est_, nord_, haut_;
    double   site_min_;
};

// station avec masque d'horizon : un site par secteur d'azimut
class StationMasquee : public Station {
public:
    StationMasquee(const std::string &nom, double lat, double lon, double alt,
                   double site_min, const std::vector<double> &masque);
    virtual double site_min(double azimut) const;

private:
    std::vector<double> masque_;
};

} // namespace plan
#endif
