/* What every library for Windows starts with: this one needs no run-time library of a compiler. */

#if defined(_WIN32) && defined(ALONE)

int DllMainCRTStartup(void *library, unsigned long reason, void *reserved) {
    (void)library, (void)reason, (void)reserved;
    return 1;
}

/* Called where a function takes rax bytes of stack, a page or more: touches them page by page, from
   above, since the system gives one page after the other. Changes no register. */
__asm__(".globl ___chkstk_ms\n"
        "___chkstk_ms:\n"
        "    pushq %rcx\n"
        "    pushq %rax\n"
        "    cmpq $0x1000, %rax\n"
        "    leaq 24(%rsp), %rcx\n"
        "    jb 2f\n"
        "1:  subq $0x1000, %rcx\n"
        "    testb %cl, (%rcx)\n"
        "    subq $0x1000, %rax\n"
        "    cmpq $0x1000, %rax\n"
        "    ja 1b\n"
        "2:  subq %rax, %rcx\n"
        "    testb %cl, (%rcx)\n"
        "    popq %rax\n"
        "    popq %rcx\n"
        "    ret\n");

#endif
