package org.weir.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.Shape;
import org.weir.checkpoint.TensorInfo;

/** The sizes of a llama-like model, and the tensors that follow from them. */
record LlamaShape(long hidden, int layers, long intermediate, long vocab, int heads, int kvHeads, boolean tied) {
    private static final Map<String, LlamaShape> PRESETS = presets();

    /** @throws IllegalArgumentException if no such model can be */
    LlamaShape {
        if (Math.min(Math.min(hidden, intermediate), Math.min(vocab, Math.min(layers, Math.min(heads, kvHeads)))) < 1) {
            throw new IllegalArgumentException("every size of a model is at least 1");
        }
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "a hidden size of " + hidden + " does not divide into " + heads + " heads");
        }
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(heads + " heads do not divide into " + kvHeads + " key-value heads");
        }
    }

    static List<String> presetNames() {
        return List.copyOf(PRESETS.keySet());
    }

    static Optional<LlamaShape> preset(String name) {
        return Optional.ofNullable(PRESETS.get(name));
    }

    /** All tensors in the order of the model: embedding, layers, final norm, head. */
    List<TensorInfo> tensors(DType dtype) {
        List<TensorInfo> all = new ArrayList<>();
        all.add(tensor("model.embed_tokens", dtype, vocab, hidden));
        for (int layer = 0; layer < layers; layer++) {
            addLayer(all, "model.layers." + layer + ".", dtype);
        }
        all.add(tensor("model.norm", dtype, hidden));
        if (!tied) {
            all.add(tensor("lm_head", dtype, vocab, hidden));
        }
        return all;
    }

    long parameters() {
        return tensors(DType.BF16).stream().mapToLong(TensorInfo::elements).reduce(0, Math::addExact);
    }

    /** What transformers wants to know to load it. */
    Map<String, Object> config(DType dtype) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("LlamaForCausalLM"));
        config.put("bos_token_id", 0);
        config.put("eos_token_id", 0);
        config.put("hidden_act", "silu");
        config.put("hidden_size", hidden);
        config.put("initializer_range", 0.02);
        config.put("intermediate_size", intermediate);
        config.put("max_position_embeddings", 4096);
        config.put("model_type", "llama");
        config.put("num_attention_heads", heads);
        config.put("num_hidden_layers", layers);
        config.put("num_key_value_heads", kvHeads);
        config.put("rms_norm_eps", 1e-5);
        config.put("rope_theta", 10000.0);
        config.put("tie_word_embeddings", tied);
        config.put("torch_dtype", dtype.torchName());
        config.put("vocab_size", vocab);
        return config;
    }

    private void addLayer(List<TensorInfo> all, String layer, DType dtype) {
        long keys = hidden / heads * kvHeads;
        all.add(tensor(layer + "input_layernorm", dtype, hidden));
        all.add(tensor(layer + "self_attn.q_proj", dtype, hidden, hidden));
        all.add(tensor(layer + "self_attn.k_proj", dtype, keys, hidden));
        all.add(tensor(layer + "self_attn.v_proj", dtype, keys, hidden));
        all.add(tensor(layer + "self_attn.o_proj", dtype, hidden, hidden));
        all.add(tensor(layer + "post_attention_layernorm", dtype, hidden));
        all.add(tensor(layer + "mlp.gate_proj", dtype, intermediate, hidden));
        all.add(tensor(layer + "mlp.up_proj", dtype, intermediate, hidden));
        all.add(tensor(layer + "mlp.down_proj", dtype, hidden, intermediate));
    }

    private static TensorInfo tensor(String module, DType dtype, long... dims) {
        return new TensorInfo(module + ".weight", dtype, Shape.of(dims));
    }

    private static Map<String, LlamaShape> presets() {
        Map<String, LlamaShape> presets = new LinkedHashMap<>();
        presets.put("tiny", new LlamaShape(64, 2, 128, 256, 4, 2, true));
        presets.put("0.5b", new LlamaShape(896, 24, 4864, 151936, 14, 2, true));
        presets.put("8b", new LlamaShape(4096, 32, 14336, 128256, 32, 8, false));
        presets.put("64b", new LlamaShape(8192, 72, 28672, 128256, 64, 8, false));
        return presets;
    }
}
