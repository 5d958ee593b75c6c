package org.weir.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A function of the C library that answers the way the kernel does: a result of 0 or more, or minus the error number.
 * Where the library lacks the function, or native access is not allowed, each call answers {@code -ENOSYS}.
 */
final class NativeCall {
    static final int EINTR = 4;
    static final int EFAULT = 14;
    static final int ENOSPC = 28;
    static final int ENOSYS = 38;
    static final int EDQUOT = 122;

    private static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final @Nullable MethodHandle function;

    private NativeCall(@Nullable MethodHandle function) {
        this.function = function;
    }

    @SuppressWarnings("restricted") // calling C is: the launcher allows it
    static NativeCall of(String name, FunctionDescriptor signature) {
        Linker linker = Linker.nativeLinker();
        try {
            return new NativeCall(linker.defaultLookup()
                    .find(name)
                    .map(address -> linker.downcallHandle(address, signature, Linker.Option.captureCallState("errno")))
                    .orElse(null));
        } catch (IllegalCallerException e) {
            return new NativeCall(null);
        }
    }

    static FunctionDescriptor returningInt(MemoryLayout... arguments) {
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
    }

    long call(Object... arguments) {
        if (function == null) {
            return -ENOSYS;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_LAYOUT);
            Object[] all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            long result = ((Number) function.invokeWithArguments(all)).longValue();
            return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a C function cannot throw this", e);
        }
    }
}
