package org.weir.checkpoint;

import static java.lang.invoke.MethodType.methodType;

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
    static final int EIO = 5;
    static final int EFAULT = 14;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    private static final int MAX_TEXT_BYTES = 1000;

    private static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final NativeCall STRERROR =
            of("strerror", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

    /** One for each thread: 100,000 small tensors are half a million calls. */
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ERRNO_LAYOUT));

    /** Takes the captured state and the arguments as an array, and answers a long. */
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
                    .map(handle -> handle.asSpreader(
                                    Object[].class, signature.argumentLayouts().size())
                            .asType(methodType(long.class, MemorySegment.class, Object[].class)))
                    .orElse(null));
        } catch (IllegalCallerException e) {
            return new NativeCall(null);
        }
    }

    /**
     * What an answer below 0 means, in the words of the C library, which other messages of failed calls have too.
     *
     * @param answer of {@link #call}
     */
    @SuppressWarnings("restricted") // the C library says that there is a text
    static String words(long answer) {
        int error = (int) -answer;
        long text = STRERROR.call(error);
        return text <= 0
                ? "error " + error
                : MemorySegment.ofAddress(text).reinterpret(MAX_TEXT_BYTES).getString(0);
    }

    static FunctionDescriptor returningInt(MemoryLayout... arguments) {
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
    }

    long call(Object... arguments) {
        if (function == null) {
            return -ENOSYS;
        }
        MemorySegment state = STATE.get();
        try {
            long result = (long) function.invokeExact(state, arguments);
            return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a C function cannot throw this", e);
        }
    }
}
