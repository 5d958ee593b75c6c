package org.weir.proof;

/** The miniature's network: two hidden layers with ReLU and one output, whose sign is the answer to a yes/no question. */
final class Network {
    private final Layer first;
    private final Layer second;
    private final Layer head;

    Network(Model weights) {
        first = Layer.of(weights, "layers.0");
        second = Layer.of(weights, "layers.1");
        head = Layer.of(weights, "head");
    }

    boolean answer(float[] question) {
        return head.apply(relu(second.apply(relu(first.apply(question)))))[0] > 0;
    }

    private static float[] relu(float[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.max(x[i], 0);
        }
        return x;
    }

    /** y = W x + b; the columns of W lie one after the other. */
    private record Layer(float[][] columns, float[] bias) {
        static Layer of(Model weights, String name) {
            Tensor bias = weights.tensor(name + ".bias");
            Tensor weight = weights.tensor(name + ".weight");
            int in = weight.shape().get(1);
            float[][] columns = new float[in][bias.elements()];
            for (int i = 0; i < weight.elements(); i++) {
                columns[i % in][i / in] = (float) weight.at(i);
            }
            float[] start = new float[bias.elements()];
            for (int i = 0; i < start.length; i++) {
                start[i] = (float) bias.at(i);
            }
            return new Layer(columns, start);
        }

        float[] apply(float[] x) {
            float[] y = bias.clone();
            for (int i = 0; i < x.length; i++) {
                float[] column = columns[i];
                for (int j = 0; j < y.length; j++) {
                    y[j] += column[j] * x[i];
                }
            }
            return y;
        }
    }
}
