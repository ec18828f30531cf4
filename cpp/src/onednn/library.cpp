#include "onednn/library.hpp"

#include <dlfcn.h>

#include <array>
#include <dnnl.hpp>
#include <utility>

namespace dwconv::onednn {

namespace {

using Isa = dnnl::cpu_isa;

constexpr std::array<std::pair<Isa, const char*>, 12> isa_names = {{
    {Isa::sse41, "sse41"},
    {Isa::avx, "avx"},
    {Isa::avx2, "avx2"},
    {Isa::avx2_vnni, "avx2_vnni"},
    {Isa::avx2_vnni_2, "avx2_vnni_2"},
    {Isa::avx512_core, "avx512_core"},
    {Isa::avx512_core_vnni, "avx512_core_vnni"},
    {Isa::avx512_core_bf16, "avx512_core_bf16"},
    {Isa::avx512_core_fp16, "avx512_core_fp16"},
    {Isa::avx512_core_amx, "avx512_core_amx"},
    {Isa::avx512_core_amx_fp16, "avx512_core_amx_fp16"},
    {Isa::isa_default, "default"},
}};

/// The values of dnnl_cpu_isa_t are sets of bits: one includes another where it has all its bits.
bool includes(Isa isa) {
    const auto has = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
    return (has & static_cast<unsigned>(isa)) == static_cast<unsigned>(isa);
}

}  // namespace

std::string version() {
    const dnnl_version_t* const v = dnnl::version();
    return std::to_string(v->major) + "." + std::to_string(v->minor) + "." +
           std::to_string(v->patch);
}

std::string path() {
    Dl_info info{};
    const auto* const symbol = reinterpret_cast<const void*>(&dnnl_version);
    return dladdr(symbol, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "unknown";
}

std::string instruction_set() {
    const Isa isa = dnnl::get_effective_cpu_isa();
    for (const auto& [value, name] : isa_names) {
        if (value == isa) return name;
    }
    return "newer than this version of dwconv knows";
}

simd::Level simd_level() {
    if (includes(Isa::avx512_core)) return simd::Level::avx512;
    return includes(Isa::avx2) ? simd::Level::avx2 : simd::Level::baseline;
}

bool has_vnni() { return includes(Isa::avx512_core_vnni); }

}  // namespace dwconv::onednn
