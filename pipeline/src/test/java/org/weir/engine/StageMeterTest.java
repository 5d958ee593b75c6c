package org.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StageMeterTest {

    @Test
    void theLapsOfAWorkerAddUpToItsWholeTime() throws InterruptedException {
        StageMeter meter = meter(false);
        long before = System.nanoTime();
        meter.begin();
        long begun = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            Thread.sleep(1);
            meter.lap(i % 2 == 0 ? "prefault" : "merge", 3, 10);
        }
        Thread.sleep(1);
        long ending = System.nanoTime();
        meter.end();
        long after = System.nanoTime();
        long sum = meter.times().stream().mapToLong(StageTime::nanos).sum();
        assertTrue(sum >= ending - begun && sum <= after - before, sum + " ns");
        assertEquals(
                List.of("prefault", "merge", "idle"),
                meter.times().stream().map(StageTime::label).toList());
        assertEquals(30, meter.times().getFirst().elements());
        assertEquals(100, meter.times().getFirst().bytes());
        assertEquals(10, meter.times().getFirst().calls());
    }

    @Test
    void stagesAreClockedByThemselvesOnlyOnRequest() {
        assertEquals(List.of("merge"), labelsOfATile(meter(false)));
        assertEquals(List.of("widen", "delta", "between"), labelsOfATile(meter(true)));
    }

    @Test
    void anyNumberOfStagesHasRoom() {
        StageMeter meter = meter(true);
        for (int i = 0; i < 100; i++) {
            meter.stage("stage " + i % 50, 1, i % 50);
        }
        assertEquals(50, meter.times().size());
        assertEquals(new StageTime("", 2, 2, 98, 0), withoutTime(meter.times().getLast()));
    }

    @Test
    void workersAddUpByLabelAndWaitingComesLast() {
        List<StageTime> sums = StageTime.added(List.of(
                new StageTime("idle", 1, 0, 0, 5),
                new StageTime("merge", 1, 2, 3, 4),
                new StageTime("idle", 1, 0, 0, 6),
                new StageTime("merge", 10, 20, 30, 40)));
        assertEquals(List.of(new StageTime("merge", 11, 22, 33, 44), new StageTime("idle", 2, 0, 0, 11)), sums);
    }

    private static List<String> labelsOfATile(StageMeter meter) {
        meter.begin();
        meter.stage("widen", 1, 1);
        meter.stage("delta", 1, 1);
        meter.rest("merge", 1, 1);
        return meter.times().stream().map(StageTime::label).toList();
    }

    private static StageTime withoutTime(StageTime time) {
        return new StageTime("", time.calls(), time.elements(), time.bytes(), 0);
    }

    private static StageMeter meter(boolean staged) {
        return new StageMeter(0, staged, new CounterMeter(CounterFile.inMemory(), 0));
    }
}
