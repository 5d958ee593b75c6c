package org.weir.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one part of the work took, all workers together.
 *
 * @param label a {@link org.weir.stage.Stage#label()}, or what the engine does around the stages
 * @param calls how often: tiles, or strips where every stage was clocked by itself; 0 if nobody counted
 * @param elements how many it dealt with; 0 if nobody counted
 * @param bytes of files: of the inputs up to the fold, of the output after it
 * @param nanos time of workers
 */
public record StageTime(String label, long calls, long elements, long bytes, long nanos) {

    /** What a part of the work keeps busy. */
    public enum Kind {
        /** Bringing the inputs' pages in and letting them go. */
        READING,
        /** Arithmetic. */
        COMPUTING,
        /** Handing finished tiles to the disk. */
        WRITING,
        /** Nothing: a worker without work. */
        WAITING
    }

    static final String PREFAULT = "prefault";
    static final String RELEASE = "release";
    static final String WRITE = "write";
    static final String IDLE = "idle";

    /** What it keeps busy. */
    public Kind kind() {
        return switch (label) {
            case PREFAULT, RELEASE -> Kind.READING;
            case WRITE -> Kind.WRITING;
            case IDLE -> Kind.WAITING;
            default -> Kind.COMPUTING;
        };
    }

    /** Those of the same label added up, in the order in which labels first appear, waiting last. */
    static List<StageTime> added(Collection<StageTime> all) {
        Map<String, StageTime> sums = new LinkedHashMap<>();
        all.stream().filter(time -> time.kind() != Kind.WAITING).forEach(time -> add(sums, time));
        all.stream().filter(time -> time.kind() == Kind.WAITING).forEach(time -> add(sums, time));
        return List.copyOf(sums.values());
    }

    private static void add(Map<String, StageTime> sums, StageTime time) {
        sums.merge(time.label, time, StageTime::plus);
    }

    private StageTime plus(StageTime other) {
        return new StageTime(
                label, calls + other.calls, elements + other.elements, bytes + other.bytes, nanos + other.nanos);
    }
}
