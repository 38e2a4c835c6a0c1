/* Random bytes for Rust's standard library: the bcryptprimitives.dll that wine before version 9 lacks.
   If it is missing, tests/wine/run builds it and copies it into the prefix. */
#include <windows.h>

/* RtlGenRandom, by its exported name. */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return SystemFunction036(data, (ULONG)length); }
