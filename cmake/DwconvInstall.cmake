# Installs headers, libraries and the CMake package, under a prefix that can be moved. In a wheel the
# package directory is that prefix, and there are no links, of which a wheel would make copies.

include(CMakePackageConfigHelpers)

set(dwconv_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/dwconv")

if(dwconv_in_wheel)
    set(dwconv_namelink NAMELINK_SKIP)
else()
    set(dwconv_namelink NAMELINK_COMPONENT development)
endif()
install(
    TARGETS dwconv
    EXPORT dwconvTargets
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime
    ${dwconv_namelink}
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
)
if(dwconv_carried)
    install(PROGRAMS "${dwconv_carried}" DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime)
endif()

install(
    DIRECTORY "${PROJECT_SOURCE_DIR}/cpp/include/" "${PROJECT_BINARY_DIR}/include/"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    COMPONENT development
    FILES_MATCHING
    PATTERN "*.hpp"
)

configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/dwconvConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/dwconvConfig.cmake"
    INSTALL_DESTINATION "${dwconv_cmake_dir}"
)
write_basic_package_version_file(
    "${PROJECT_BINARY_DIR}/dwconvConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion
)
install(
    FILES
        "${PROJECT_BINARY_DIR}/dwconvConfig.cmake"
        "${PROJECT_BINARY_DIR}/dwconvConfigVersion.cmake"
    DESTINATION "${dwconv_cmake_dir}"
    COMPONENT development
)
install(
    EXPORT dwconvTargets
    NAMESPACE dwconv::
    DESTINATION "${dwconv_cmake_dir}"
    COMPONENT development
)

# Licences: in a wheel pip's backend puts our own where they belong.
if(dwconv_in_wheel)
    set(dwconv_licenses_dir "${SKBUILD_METADATA_DIR}/licenses")
else()
    set(dwconv_licenses_dir "${CMAKE_INSTALL_DOCDIR}")
    install(
        FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/NOTICE"
        DESTINATION "${dwconv_licenses_dir}"
        COMPONENT runtime
    )
endif()
install(
    FILES ${dwconv_onednn_LICENSES}
    DESTINATION "${dwconv_licenses_dir}/onednn"
    COMPONENT runtime
)
