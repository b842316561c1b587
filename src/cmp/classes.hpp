// What cxx needs of the planning component: a constructor as a function, and plain results.
#ifndef CMP_BRIDGE_PLANNING_HPP
#define CMP_BRIDGE_PLANNING_HPP

#include "lieu.hpp"
#include "rust/cxx.h"
#include <memory>

namespace cmp_bridge {

using Station = plan::Station;

inline std::unique_ptr<Station> station(rust::Str name, double latitude, double longitude, double altitude,
                                        double lowest)
{
    return std::make_unique<Station>(std::string(name), latitude, longitude, altitude, lowest);
}

inline const std::string &station_name(const Station &station) { return station.nom(); }

inline double elevation(const Station &station, double x, double y, double z)
{
    return station.viser(plan::Vecteur3(x, y, z)).site;
}

} // namespace cmp_bridge
#endif
