package org.weir.proof;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The miniature's evaluation sets: questions of twelve tasks with their answers. Eight tasks are <em>held in</em>, each with
 * an expert that was trained on it and a second, smaller set for choosing parameters; four are <em>held out</em>, seen by no
 * expert.
 */
record Questions(List<Task> heldIn, List<Task> heldOut, List<Task> validation) {
    /** The file holds the inputs in steps of 1/32, which moves no score below by more than 0.002. */
    private static final float STEP = 1 / 32f;

    static Questions read() throws IOException {
        Model file = Model.read(Resources.folder("miniature").resolve("eval.safetensors"));
        return new Questions(tasks(file, "heldin", 8), tasks(file, "heldout", 4), tasks(file, "validation", 8));
    }

    private static List<Task> tasks(Model file, String kind, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(k -> Task.of(file.tensor(kind + "." + k + ".x"), file.tensor(kind + "." + k + ".y")))
                .toList();
    }

    /** One task's questions, a row each, and the right answers. */
    record Task(float[][] questions, boolean[] answers) {
        static Task of(Tensor x, Tensor y) {
            int width = x.shape().get(1);
            float[][] questions = new float[y.elements()][width];
            boolean[] answers = new boolean[y.elements()];
            for (int i = 0; i < x.elements(); i++) {
                questions[i / width][i % width] = (float) x.at(i) * STEP;
            }
            for (int i = 0; i < answers.length; i++) {
                answers[i] = y.at(i) != 0;
            }
            return new Task(questions, answers);
        }

        double accuracy(Model weights) {
            Network network = new Network(weights);
            int right = 0;
            for (int i = 0; i < answers.length; i++) {
                right += network.answer(questions[i]) == answers[i] ? 1 : 0;
            }
            return (double) right / answers.length;
        }
    }
}
