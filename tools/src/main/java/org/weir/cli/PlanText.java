package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.DiskSpace;
import org.weir.checkpoint.PageCache;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;
import org.weir.plan.Sidecar;

/** A plan for people: what is merged, what it reads and writes, what it needs. */
final class PlanText {
    private final MergePlan plan;
    private final List<String> lines = new ArrayList<>();

    private PlanText(MergePlan plan) {
        this.plan = plan;
    }

    static List<String> lines(MergePlan plan, Optional<Path> out) throws IOException {
        PlanText text = new PlanText(plan);
        text.lines.add(plan.method().name() + ": " + plan.method().summary());
        text.inputs();
        text.tensors();
        text.transfers();
        text.memory();
        text.settings(out);
        plan.notes().forEach(note -> text.lines.add("note: " + note));
        return text.lines;
    }

    /** Of a step that is computed as another reads it: that one's plan says what it needs. */
    static List<String> ofFused(MergePlan plan) {
        PlanText text = new PlanText(plan);
        text.lines.add(plan.method().name() + ": " + plan.method().summary());
        text.inputs();
        text.tensors();
        plan.notes().forEach(note -> text.lines.add("note: " + note));
        return text.lines;
    }

    private void inputs() {
        Table table = new Table().row("INPUT", "ROLE", "SIZE", "PATH");
        for (Input input : plan.inputs()) {
            Checkpoint checkpoint = input.checkpoint();
            table.row(
                    input.reference(),
                    input.role().name().toLowerCase(Locale.ROOT),
                    ByteSize.text(bytes(checkpoint)),
                    plan.isFused(input) ? "computed as it is read" : absolute(checkpoint));
        }
        add(table);
    }

    private void tensors() {
        Table table = new Table().row("TENSORS", "WHAT HAPPENS TO THEM", "SUCH AS");
        plan.treatments()
                .forEach((treatment, names) -> table.row(Integer.toString(names.size()), treatment, names.getFirst()));
        add(table);
    }

    private void transfers() {
        Table table = new Table().row("READ AND WRITTEN", "BYTES");
        plan.sweeps().forEach(sweep -> table.row("read: " + sweep.name(), ByteSize.text(sweep.readBytes())));
        table.row("written: " + shards(plan), ByteSize.text(plan.writeBytes()));
        add(table);
    }

    private void memory() {
        Table table = new Table().row("MEMORY", "BYTES");
        plan.memory().lines().forEach(line -> table.row(line.label(), ByteSize.text(line.bytes())));
        table.row("in all", ByteSize.text(plan.memory().totalBytes()));
        if (plan.memory().filePageBytes() > 0) {
            table.row(
                    "beside it: mapped pages of inputs",
                    ByteSize.text(plan.memory().filePageBytes()));
        }
        add(table);
    }

    private void settings(Optional<Path> out) throws IOException {
        lines.add("");
        lines.add("threads: " + plan.memory().workers());
        lines.add("tile: " + plan.memory().tileElements() + " elements");
        lines.add("inputs: " + plan.memory().windows().way().name().toLowerCase(Locale.ROOT));
        sidecar(plan.options().sidecar());
        lines.add("seed: " + plan.options().seed());
        OptionalLong free = out.isPresent() ? DiskSpace.usableBytesAt(out.get()) : OptionalLong.empty();
        if (free.isPresent()) {
            lines.add("free disk at " + out.get() + ": " + ByteSize.text(free.getAsLong()));
        }
    }

    private void sidecar(Sidecar sidecar) {
        sidecar.readLimit().ifPresent(limit -> lines.add("read limit: " + ByteSize.text(limit) + "/s"));
        sidecar.writeLimit().ifPresent(limit -> lines.add("write limit: " + ByteSize.text(limit) + "/s"));
        if (sidecar.pageCache() == PageCache.DROP) {
            lines.add("page cache: drop");
        }
        sidecar.nice().ifPresent(nice -> lines.add("nice: " + nice));
    }

    static long bytes(Checkpoint checkpoint) {
        return checkpoint.headerBytes()
                + checkpoint.tensors().stream()
                        .mapToLong(tensor -> tensor.info().bytes())
                        .sum();
    }

    static String absolute(Checkpoint checkpoint) {
        return checkpoint.path().toAbsolutePath().normalize().toString();
    }

    static String shards(MergePlan plan) {
        int shards = plan.layout().shards().size();
        return shards + (shards == 1 ? " shard" : " shards");
    }

    private void add(Table table) {
        lines.add("");
        lines.addAll(table.lines());
    }
}
