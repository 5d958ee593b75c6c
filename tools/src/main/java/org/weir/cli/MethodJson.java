package org.weir.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.weir.method.MethodInfo;
import org.weir.method.Param;

/** A method as a JSON object. */
final class MethodJson {
    private MethodJson() {}

    static Map<String, Object> of(MethodInfo method) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", method.name());
        json.put("summary", method.summary());
        json.put("formula", method.formula());
        json.put("reference", method.reference());
        json.put("base_model", MethodsCommand.baseWord(method));
        json.put("differsFromMergekit", method.differsFromMergekit());
        json.put("parameters", method.params().stream().map(MethodJson::of).toList());
        return json;
    }

    private static Map<String, Object> of(Param param) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", param.name());
        json.put("of", MethodsCommand.scopeWord(param));
        json.put("required", param.required());
        json.put("default", param.defaultText());
        json.put("accepted", param.accepted());
        json.put("help", MethodsCommand.helpOf(param));
        return json;
    }
}
