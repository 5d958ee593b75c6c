package org.weir.engine;

import java.io.IOException;

/** A NaN, an infinity or a negative number where the user, or what a method computes from whole tensors, has no use for one. */
public final class UnusableValueException extends IOException {

    private static final long serialVersionUID = 1L;

    UnusableValueException(String message) {
        super(message);
    }
}
