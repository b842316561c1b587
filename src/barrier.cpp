// The exception barrier: catch_unwind would abort on a C++ or Ada exception, and a Rust frame must not let one pass
// unnoticed. Every call from Rust into C++ or Ada goes through here.
#include <cstddef>
#include <cstring>
#include <cxxabi.h>
#include <exception>
#include <typeinfo>

namespace {

void copy_text(char *to, std::size_t size, const char *from)
{
    if (size == 0)
        return;
    std::strncpy(to, from, size - 1);
    to[size - 1] = '\0';
}

} // namespace

// `panicking` is set by Rust code on whose panic the barrier must not lay hands: it goes on behind it.
// 0: returned; 1: a std::exception (type and message given); 2: any other C++ exception (type given); 3: an exception of
// another language.
extern "C" int cmp_bridge_barrier(void (*call)(void *), void *data, const bool *panicking, char *type, std::size_t type_size, char *message,
                                  std::size_t message_size)
{
    try {
        call(data);
        return 0;
    } catch (abi::__forced_unwind &) {
        throw; // a thread being cancelled: must go on
    } catch (const std::exception &error) {
        copy_text(type, type_size, typeid(error).name());
        copy_text(message, message_size, error.what());
        return 1;
    } catch (...) {
        if (*panicking)
            throw;
        const std::type_info *info = abi::__cxa_current_exception_type();
        copy_text(type, type_size, info ? info->name() : "");
        copy_text(message, message_size, "");
        return info ? 2 : 3;
    }
}
