package org.weir.method;

/** Parameters that are each in range but make no sense together; the message says what to do. */
public final class InvalidSettingsException extends Exception {

    private static final long serialVersionUID = 1L;

    public InvalidSettingsException(String message) {
        super(message);
    }
}
