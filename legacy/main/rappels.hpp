// rappels.hpp - C++ appelé depuis le C et le Fortran
#ifndef RAPPELS_HPP
#define RAPPELS_HPP

void essai_decommutation();
void essai_zeros();
void essai_integration();

#endif
