# Files compiled for a newer processor define nothing that another file may define as well: of two
# copies of an inline function or a template the linker keeps one, and an old processor may get the
# newer one's.

set(checked 0)
foreach(object IN LISTS OBJECTS)
    if(NOT object MATCHES "/simd/[^/]*_avx(2|512)\\.cpp\\.o$")
        continue()
    endif()
    math(EXPR checked "${checked} + 1")
    execute_process(
        COMMAND "${NM}" -C --defined-only "${object}"
        OUTPUT_VARIABLE symbols
        COMMAND_ERROR_IS_FATAL ANY
    )
    # A pointer to the exception handler is no code.
    string(REGEX REPLACE "[^\n]* V DW[.]ref[.][^\n]*" "" symbols "${symbols}")
    string(REGEX MATCHALL "[^\n]* [VvWwu] [^\n]*" weak "${symbols}")
    if(weak)
        list(JOIN weak "\n  " weak)
        message(FATAL_ERROR "${object} defines symbols that may be merged:\n  ${weak}")
    endif()
endforeach()
if(checked EQUAL 0)
    message(FATAL_ERROR "no object of a newer processor among: ${OBJECTS}")
endif()
message(STATUS "${checked} objects define no weak symbol")
