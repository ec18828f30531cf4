# dwconv_target_options(TARGET): what every target of this project is compiled with, and nothing
# that its users would inherit.

set(dwconv_sanitizers "${DWCONV_SANITIZE}")
if(
    dwconv_sanitizers
    AND NOT dwconv_sanitizers MATCHES "^(address,undefined|address|undefined|thread)$"
)
    message(
        FATAL_ERROR
        "DWCONV_SANITIZE: expected \"address,undefined\" or \"thread\"; got \"${DWCONV_SANITIZE}\""
    )
endif()

# What programs built so are run with.
set(dwconv_suppressions "${PROJECT_SOURCE_DIR}/cmake/sanitizers")
set(dwconv_sanitizer_environment
    "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_init_order=1"
    "TSAN_OPTIONS=suppressions=${dwconv_suppressions}/tsan.supp"
    "UBSAN_OPTIONS=print_stacktrace=1"
)

function(dwconv_target_options target)
    set_target_properties(
        ${target}
        PROPERTIES
            BUILD_RPATH_USE_ORIGIN ON
            CXX_EXTENSIONS OFF
            CXX_STANDARD 17
            CXX_STANDARD_REQUIRED ON
            CXX_VISIBILITY_PRESET hidden
            POSITION_INDEPENDENT_CODE ON
            VISIBILITY_INLINES_HIDDEN ON
    )
    target_compile_options(
        ${target}
        PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    )
    if(DWCONV_WARNINGS_AS_ERRORS)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(dwconv_sanitizers)
        target_compile_options(
            ${target}
            PRIVATE
                -fsanitize=${dwconv_sanitizers}
                -fno-omit-frame-pointer
                -fno-sanitize-recover=all
        )
        target_link_options(${target} PRIVATE -fsanitize=${dwconv_sanitizers})
    endif()
endfunction()
