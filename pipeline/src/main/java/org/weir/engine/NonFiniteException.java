package org.weir.engine;

import java.io.IOException;

/** A NaN or an infinity where the user, or what a method computes from whole tensors, has no use for one. */
public final class NonFiniteException extends IOException {

    private static final long serialVersionUID = 1L;

    NonFiniteException(String message) {
        super(message);
    }
}
