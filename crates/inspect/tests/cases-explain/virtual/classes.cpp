// Virtual routines, exceptions, overloads, constructors.
struct Lieu {
  virtual ~Lieu();
  virtual double altitude(double t) const;
  double azimut(double t) const;
  Lieu(double h);
  double h;
};

// @expect Lieu::altitude: +H312@_ZTV4Lieu -H311 -H315
// @expect Lieu::azimut: -H312
// @expect Lieu::Lieu: +H301 -H312
// @expect Lieu::~Lieu: +H312
// @expect jette: +H321@classes.cpp:22
// @expect ne_jette_pas: -H321
Lieu::~Lieu() {}
Lieu::Lieu(double h) : h(h) {}
double Lieu::altitude(double t) const { return h * t; }
double Lieu::azimut(double t) const { return h - t; }
void jette(int x)
{
  if (x > 3) throw x;
}
void ne_jette_pas(int &x)
{
  if (x > 3) x = 3;
}
