package org.weir.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.weir.engine.MergeReport;
import org.weir.engine.TensorFacts;
import org.weir.plan.Exactness.Rounding;
import org.weir.plan.FusedStep;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;

/** What a merge found out on the way, for people: densities, and whatever makes the result less than it seems. */
final class Findings {
    /** So many tensors are named; the report has all. */
    private static final int NAMED = 10;

    private static final double WORTH_A_WARNING = 0.8;

    private final MergePlan plan;
    private final List<TensorFacts> facts;

    Findings(MergePlan plan, MergeReport report) {
        this.plan = plan;
        this.facts = report.facts();
    }

    /** A table of what experts' deltas were thinned out to; empty where none was. */
    List<String> densities() {
        Table table = new Table().row("EXPERT", "DENSITY ASKED", "KEPT", "CHANGED AT ALL");
        return addDensities(table, plan, facts, "") ? table.lines() : List.of();
    }

    private static boolean addDensities(Table table, MergePlan plan, List<TensorFacts> facts, String step) {
        boolean some = false;
        for (Input input : plan.inputs()) {
            List<TensorFacts.Density> own = densitiesOf(input, facts);
            if (!own.isEmpty()) {
                some = true;
                table.row(input.reference() + step, asked(own), share(own, false), share(own, true));
            }
        }
        for (FusedStep fused : plan.fused()) {
            String of = " (step " + fused.name() + ")";
            some |= addDensities(table, fused.plan(), TensorFacts.ofStep(fused.name(), facts), of);
        }
        return some;
    }

    private static List<TensorFacts.Density> densitiesOf(Input input, List<TensorFacts> facts) {
        Set<String> files = new HashSet<>(
                input.checkpoint().shards().stream().map(Path::toString).toList());
        files.add("the step " + input.reference());
        return facts.stream()
                .flatMap(each -> each.densities().stream())
                .filter(density -> files.contains(density.input()))
                .toList();
    }

    private static String asked(List<TensorFacts.Density> densities) {
        double least = densities.stream()
                .mapToDouble(TensorFacts.Density::requested)
                .min()
                .orElse(0);
        double most = densities.stream()
                .mapToDouble(TensorFacts.Density::requested)
                .max()
                .orElse(0);
        return least == most ? number(least) : number(least) + " to " + number(most);
    }

    private static String share(List<TensorFacts.Density> densities, boolean changed) {
        double kept = 0;
        double all = 0;
        for (TensorFacts.Density density : densities) {
            kept += (changed ? density.changed() : density.kept()) * density.elements();
            all += density.elements();
        }
        return number(all == 0 ? 0 : kept / all);
    }

    private static String number(double share) {
        return String.format(Locale.ROOT, "%.4g", share);
    }

    /** What the user should look at, a line each. */
    List<String> warnings() {
        List<String> lines = new ArrayList<>();
        for (TensorFacts each : facts) {
            each.nonFinite().forEach(found -> lines.add(nonFinite(each.tensor(), found)));
            each.overflow().ifPresent(found -> lines.add(overflow(each.tensor(), found)));
        }
        if (lines.size() > NAMED) {
            int more = lines.size() - NAMED;
            lines.subList(NAMED, lines.size()).clear();
            lines.add("and " + more + " more like these; --report FILE names all");
        }
        addLost(lines, plan, facts, "");
        return lines;
    }

    private static void addLost(List<String> lines, MergePlan plan, List<TensorFacts> facts, String prefix) {
        TensorFacts.survived(facts)
                .filter(survived -> survived < WORTH_A_WARNING)
                .ifPresent(survived -> lines.add(prefix + lost(survived, plan)));
        for (FusedStep fused : plan.fused()) {
            addLost(lines, fused.plan(), TensorFacts.ofStep(fused.name(), facts), "step " + fused.name() + ": ");
        }
    }

    private static String nonFinite(String tensor, TensorFacts.NonFinite found) {
        List<String> what = new ArrayList<>();
        if (found.nans() > 0) {
            what.add("%,d NaN".formatted(found.nans()));
        }
        if (found.infinities() > 0) {
            what.add("%,d %s".formatted(found.infinities(), found.infinities() == 1 ? "infinity" : "infinities"));
        }
        return "tensor " + tensor + ": " + String.join(" and ", what) + " in " + found.input()
                + ", the first at element " + found.first();
    }

    private static String overflow(String tensor, TensorFacts.Overflow found) {
        return "tensor %s: %,d %s beyond what the output's dtype holds, the first at element %d"
                        .formatted(
                                tensor,
                                found.elements(),
                                found.elements() == 1 ? "result is" : "results are",
                                found.first())
                + "; --out-dtype float32 may hold it";
    }

    private static String lost(double survived, MergePlan plan) {
        String remedy = plan.options().exactness().rounding() == Rounding.STOCHASTIC
                ? "--out-dtype float32 keeps it"
                : "--out-dtype float32 or --rounding stochastic keeps it";
        return StageTable.percent(1 - survived) + " of the update is lost to rounding into the output's dtype; "
                + remedy;
    }
}
