package dev.hivedeck.app.cli.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.flag.FlagConfig;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagRule;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagVariant;
import dev.hivedeck.engine.protocol.flag.FlagViews.WeightSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flags for flagd, and from it. */
class FlagdTest {
  private static final String FLAGS =
      """
      flags:
        new-checkout:
          weights: { on: 20.5% }
          rules:
            - { attribute: email, endsWith: "@example.com", serve: on }
            - { attribute: plan, in: [pro, 3], serve: on }
            - { attribute: beta, equals: true, serve: on }
        theme:
          variants: { light: "#fff", dark: "#000", sepia: "#f4ecd8" }
          default: light
          weights: { dark: 10%, sepia: 0.005% }
          key: userId
        limit: { variants: { low: 10, high: 2.5 }, default: low }
      """;

  static Map<String, FlagConfig> read(String flags) {
    return HiveConfig.parse("hive.yaml", "version: 1\n" + flags).flags();
  }

  /** As the engine tells of it. */
  static Flag view(FlagConfig c) {
    return view(c, false);
  }

  static Flag view(FlagConfig c, boolean killed) {
    var variants = new ArrayList<FlagVariant>();
    int rest = 100_000 - c.weights().values().stream().mapToInt(w -> w).sum();
    c.variants()
        .forEach(
            (name, value) ->
                variants.add(
                    new FlagVariant(
                        name,
                        value,
                        (name.equals(c.standard()) ? rest : c.weights().getOrDefault(name, 0))
                            / 1e3,
                        0,
                        0)));
    return new Flag(
        c.name(),
        c.type(),
        variants,
        c.standard(),
        c.key(),
        c.rules().stream()
            .map(r -> new FlagRule(r.attribute(), r.test().word(), r.values(), r.serve()))
            .toList(),
        WeightSource.CONFIGURATION,
        killed,
        "",
        null);
  }

  @Test
  void whatIsExportedIsReadAgainAsItWas() {
    var before = read(FLAGS);
    String file = FlagdFile.of(before.values().stream().map(FlagdTest::view).toList()).toString();
    var after = read(FlagdReader.yaml(new FlagdReader("f.json", file).flags()));
    assertThat(after).isEqualTo(before);
  }

  @Test
  void flagdsOwnWordsAreUsed() {
    var file = FlagdFile.of(read(FLAGS).values().stream().map(FlagdTest::view).toList());
    assertThat(file.at("/flags/theme/targeting").toString())
        .isEqualTo(
            "{\"fractional\":[{\"cat\":[{\"var\":\"$flagd.flagKey\"},{\"var\":\"userId\"}]},"
                + "[\"light\",89995],[\"dark\",10000],[\"sepia\",5]]}");
    assertThat(file.at("/flags/new-checkout/targeting/if/0").toString())
        .isEqualTo("{\"ends_with\":[{\"var\":\"email\"},\"@example.com\"]}");
    assertThat(file.at("/flags/limit").has("targeting")).isFalse();
  }

  /** DISABLED would leave everybody to the default in their own code. */
  @Test
  void aKilledFlagIsItsDefaultForEverybody() {
    var file = FlagdFile.of(List.of(view(read(FLAGS).get("new-checkout"), true)));
    var flag = file.at("/flags/new-checkout");
    assertThat(flag.path("state").asText()).isEqualTo("ENABLED");
    assertThat(flag.path("defaultVariant").asText()).isEqualTo("off");
    assertThat(flag.has("targeting")).isFalse();
  }

  @Test
  void anExampleOfFlagdsGuideIsRead() {
    String file =
        """
        { "flags": { "headerColor": {
          "variants": { "red": "#FF0000", "blue": "#0000FF", "green": "#00FF00" },
          "defaultVariant": "red", "state": "ENABLED",
          "targeting": { "if": [
            { "in": [{ "var": "country" }, ["CA", "US"]] }, "green",
            { "fractional": [ { "cat": [{ "var": "$flagd.flagKey" }, { "var": "email" }] },
              ["red", 50], ["blue", 20], ["green", 30] ] } ] } } } }
        """;
    var flag = read(FlagdReader.yaml(new FlagdReader("f", file).flags())).get("headerColor");
    assertThat(flag.weights())
        .containsExactlyInAnyOrderEntriesOf(Map.of("blue", 20_000, "green", 30_000));
    assertThat(flag.key()).isEqualTo("email");
    assertThat(flag.rules())
        .isEqualTo(
            List.of(
                new FlagConfig.Rule(
                    "country",
                    FlagConfig.Test.IN,
                    List.of(Json.tree("CA"), Json.tree("US")),
                    "green")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | has no flags",
        "[ | is no JSON",
        "{'flags':{},'$evaluators':{}} | cannot say $evaluators",
        "{'flags':{'f':{V,'metadata':{}}}} | f: hive.yaml cannot say metadata",
        "{'flags':{'f':{V,'state':'DISABLED'}}} | cannot say state DISABLED",
        "{'flags':{'f':{'variants':{'a':1}}}} | flag without a defaultVariant",
        "{'flags':{'f':{V,'targeting':{'if':[{'sem_ver':[{'var':'v'},'^','1']},'a']}}}} | sem_ver",
        "{'flags':{'f':{V,'targeting':{'if':[{'!':[{'var':'v'}]},'a']}}}} | cannot say !",
        "{'flags':{'f':{V,'targeting':{'if':[{'in':['x',{'var':'v'}]},'a']}}}} | cannot say in",
        "{'flags':{'f':{V,'targeting':{'if':[{'==':[{'var':'a.b'},1]},'a']}}}} | attribute",
        "{'flags':{'f':{V,'targeting':{'$ref':'x'}}}} | cannot say $ref",
        "{'flags':{'f':{V,'targeting':{'fractional':[{'cat':['x',{'var':'k'}]},['a',1]]}}}} | by",
        "{'flags':{'f':{V,'targeting':{'if':[{'==':[{'var':'a'},1]},'c']}}}} | c",
      })
  void whatHiveYamlCannotSayIsRefusedByName(String file, String said) {
    String text =
        file.replace("V,", "'variants':{'a':1,'b':2},'defaultVariant':'b',").replace('\'', '"');
    assertThatThrownBy(() -> new FlagdReader("f.json", text).flags()).hasMessageContaining(said);
  }
}
