/* What Rust's standard library asks of bcryptprimitives.dll, which wine before version 9 has not: random bytes. Built and
   put into the prefix by tests/wine/run where it is missing. */
#include <windows.h>

/* RtlGenRandom, by its exported name. */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return SystemFunction036(data, (ULONG)length); }
