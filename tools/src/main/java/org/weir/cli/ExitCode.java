package org.weir.cli;

/** What the status of the process says. */
final class ExitCode {
    static final int DONE = 0;
    /** The command line or the config is wrong. */
    static final int USAGE = 2;
    /** An input is missing, malformed, or does not fit the others. */
    static final int INPUT = 3;
    /** Not enough memory or disk; said before the start unless somebody else took it meanwhile. */
    static final int RESOURCES = 4;
    /** Reading or writing failed midway. */
    static final int IO = 6;
    /** The program is wrong (EX_SOFTWARE of sysexits.h). */
    static final int BUG = 70;

    /** Stopped before the end. After a signal it is not seen: the JVM, which is exiting, says 130 or 143 itself. */
    static final int STOPPED = 130;

    private ExitCode() {}
}
