package org.weir.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.weir.stage.Extent;
import org.weir.stage.JointSurvey;
import org.weir.stage.Measurement;
import org.weir.stage.Scope;
import org.weir.stage.Strip;
import org.weir.stage.Survey;
import org.weir.stage.TileOp;

/**
 * One reading of a tensor, or of the whole model, for all operations that wait for a survey of that scope; when none does,
 * for the fold. Each expert has its own part of the workers' tables.
 */
final class Sweep {

    /** What is shown of one expert before the next: large enough for memory to stream, small enough for the base to stay. */
    private static final int PIECE_ELEMENTS = 1 << 14;

    private record Question(int expert, Measurement survey, int tableFrom) {}

    /** In the place of an expert: the question is the fold's. */
    private static final int ALL = -1;

    private final Scope scope;
    private final List<TensorRun> runs;
    private final List<Question> questions;

    private Sweep(Scope scope, List<TensorRun> runs, List<Question> questions) {
        this.scope = scope;
        this.runs = runs;
        this.questions = questions;
    }

    /** What has to be read next, or nothing if no operation waits for that scope. */
    static Optional<Sweep> next(Scope scope, List<TensorRun> all, Extent extent, int tableEntries) {
        List<TensorRun> runs = all.stream().filter(run -> run.waitsFor(scope)).toList();
        List<Question> questions = new ArrayList<>();
        int experts = runs.stream().mapToInt(TensorRun::experts).max().orElse(0);
        for (int expert = 0; expert < experts; expert++) {
            int share = tableEntries / experts;
            Optional<TileOp> operation = waiting(scope, runs, expert);
            if (operation.isPresent()) {
                questions.add(new Question(expert, operation.get().survey(extent, share), expert * share));
            }
        }
        if (questions.isEmpty()) {
            runs.stream()
                    .findFirst()
                    .map(run -> new Question(ALL, run.fold().survey(extent, tableEntries), 0))
                    .ifPresent(questions::add);
        }
        // a few places are looked at before everything is read for others
        int shortest =
                questions.stream().mapToInt(q -> q.survey().runLength()).min().orElse(0);
        questions.removeIf(question -> question.survey().runLength() > shortest);
        return questions.isEmpty() ? Optional.empty() : Optional.of(new Sweep(scope, runs, questions));
    }

    /** Of a scope wider than a tensor all waiting operations of an expert are equal, so any will do. */
    private static Optional<TileOp> waiting(Scope scope, List<TensorRun> runs, int expert) {
        for (TensorRun run : runs) {
            int position = expert < run.experts() ? run.waitingAt(expert, scope) : -1;
            if (position >= 0) {
                return Optional.of(run.operation(expert, position));
            }
        }
        return Optional.empty();
    }

    /** Whether what it reads of a tensor is read again at once. */
    boolean isOfTensor() {
        return scope == Scope.TENSOR;
    }

    /** The tensors that take part. */
    List<TensorRun> runs() {
        return runs;
    }

    /** The offset in a block of the next element that some survey wants to see, or the block's end. */
    int next(int block, int offset) {
        int next = Strip.BLOCK_ELEMENTS;
        for (Question question : questions) {
            next = Math.min(next, question.survey().next(block, offset));
        }
        return next;
    }

    /** Whether it is one of the readings that a plan announces, not a look at a few places. */
    boolean readsAll() {
        return questions.stream().anyMatch(question -> question.survey().readsAll());
    }

    /** How many elements are shown at a time. */
    int runLength() {
        return questions.getFirst().survey().runLength();
    }

    /** Makes a worker's table ready. */
    void clear(long[] table) {
        for (Question question : questions) {
            int from = question.tableFrom();
            Arrays.fill(table, from, from + question.survey().tableEntries(), 0);
        }
    }

    /** Shows these elements, which lie in one block, to the surveys that want them. */
    void show(TensorRun run, Worker worker, long first, long end) {
        for (long at = first; at < end; at += PIECE_ELEMENTS) {
            showPiece(run, worker, at, Math.min(end, at + PIECE_ELEMENTS));
        }
    }

    private void showPiece(TensorRun run, Worker worker, long first, long end) {
        List<Question> strips = new ArrayList<>();
        run.move(worker, first, end);
        int block = worker.base.block();
        int offset = worker.base.offsetInBlock();
        for (Question question : questions) {
            boolean wanted = isOf(question, run) && question.survey().next(block, offset) == offset;
            if (wanted && !showFused(run, worker, question, first, end)) {
                strips.add(question);
            }
        }
        for (long at = first; at < end && !strips.isEmpty(); at += worker.expert.length()) {
            run.move(worker, at, end);
            showStrip(run, worker, strips);
        }
    }

    /** Whether what asked is still waiting in this tensor. */
    private boolean isOf(Question question, TensorRun run) {
        return question.expert() == ALL
                || (question.expert() < run.experts() && run.waitingAt(question.expert(), scope) >= 0);
    }

    private boolean showFused(TensorRun run, Worker worker, Question question, long first, long end) {
        return question.survey() instanceof Survey survey
                && run.hasBf16Deltas(question.expert(), run.waitingAt(question.expert(), scope))
                && survey.acceptBf16Deltas(
                        worker.input(0),
                        worker.input(1 + question.expert()),
                        first - worker.firstElement,
                        Math.toIntExact(end - first),
                        worker.base.block(),
                        worker.table,
                        question.tableFrom());
    }

    private void showStrip(TensorRun run, Worker worker, List<Question> asked) {
        Strip base = worker.base;
        Strip strip = worker.expert;
        run.strips().widenBase(base, worker);
        for (Question question : asked) {
            switch (question.survey()) {
                case Survey survey -> {
                    int position = run.waitingAt(question.expert(), scope);
                    run.strips().widenExpert(question.expert(), strip, base, position, worker);
                    survey.accept(
                            strip,
                            base,
                            worker.table,
                            question.tableFrom(),
                            run.strips().kernels());
                    run.strips().clock(survey, question.expert(), strip.length(), worker.meter);
                }
                case JointSurvey survey -> {
                    run.strips().widenAll(worker);
                    survey.accept(
                            strip,
                            base,
                            worker.lanes,
                            worker.table,
                            question.tableFrom(),
                            run.strips().kernels());
                    run.strips().clock(survey, 0, strip.length(), worker.meter);
                }
            }
        }
    }

    /** Joins what the workers counted and tells the operations, which then are ready or know what to ask next. */
    void conclude(List<Worker> workers) {
        for (Question question : questions) {
            for (Worker worker : workers) {
                if (worker.tookPartIn(this)) {
                    question.survey().absorb(worker.table, question.tableFrom());
                }
            }
            runs.forEach(run -> tell(run, question));
        }
        if (readsAll()) {
            runs.forEach(TensorRun::swept);
        }
    }

    /** Tells the operations that a worker has for the rows at hand, which it alone has shown. */
    void concludeRows(TensorRun run, Worker worker) {
        worker.rowOperations = run.operations();
        for (Question question : questions) {
            Survey survey = (Survey) question.survey();
            survey.absorb(worker.table, question.tableFrom());
            int position = run.waitingAt(question.expert(), scope);
            TileOp measured = run.operation(question.expert(), position).measured(survey);
            worker.rowOperations = TensorRun.replaced(worker.rowOperations, question.expert(), position, measured);
        }
    }

    private void tell(TensorRun run, Question question) {
        if (!isOf(question, run)) {
            return;
        }
        switch (question.survey()) {
            case Survey survey -> {
                int expert = question.expert();
                int position = run.waitingAt(expert, scope);
                run.replace(expert, position, run.operation(expert, position).measured(survey));
            }
            case JointSurvey survey -> run.replace(run.fold().measured(survey));
        }
    }
}
