# Run at build time: copy the shared library FROM to TO, stripped, with the SONAME given.
# STRIP, PATCHELF and SONAME may be empty.

set(work "${TO}.new")
get_filename_component(directory "${TO}" DIRECTORY)
file(MAKE_DIRECTORY "${directory}")
file(COPY_FILE "${FROM}" "${work}")
file(
    CHMOD "${work}"
    PERMISSIONS
        OWNER_READ
        OWNER_WRITE
        OWNER_EXECUTE
        GROUP_READ
        GROUP_EXECUTE
        WORLD_READ
        WORLD_EXECUTE
)
# In this order: strip spoils what patchelf has moved.
if(STRIP)
    execute_process(COMMAND "${STRIP}" --strip-unneeded "${work}" COMMAND_ERROR_IS_FATAL ANY)
endif()
if(SONAME)
    execute_process(
        COMMAND "${PATCHELF}" --set-soname "${SONAME}" "${work}"
        COMMAND_ERROR_IS_FATAL ANY
    )
endif()
file(RENAME "${work}" "${TO}")
