package org.weir.cli;

/** A command gave up because a signal asked it to; the message says what is left of its work. */
final class StoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    StoppedException(String message) {
        super(message);
    }
}
