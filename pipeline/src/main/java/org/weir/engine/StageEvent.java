package org.weir.engine;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The sums of one stage of one worker, for Flight Recorder: every second and at the end, if somebody records. */
@Name("org.weir.Stage")
@Label("Merge Stage")
@Category("Weir")
@Description("What a worker has spent on a stage since the merge began")
@StackTrace(false)
final class StageEvent extends Event {
    @Label("Worker")
    int worker;

    @Label("Stage")
    String stage = "";

    @Label("Calls")
    long calls;

    @Label("Elements")
    long elements;

    @Label("Bytes")
    @DataAmount
    long bytes;

    @Label("Time")
    @Timespan
    long nanos;

    static void commit(int worker, StageMeter meter) {
        if (!new StageEvent().isEnabled()) {
            return;
        }
        for (StageTime time : meter.times()) {
            StageEvent event = new StageEvent();
            event.worker = worker;
            event.stage = time.label();
            event.calls = time.calls();
            event.elements = time.elements();
            event.bytes = time.bytes();
            event.nanos = time.nanos();
            event.commit();
        }
    }
}
