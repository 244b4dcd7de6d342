package dev.hivedeck.app.cli.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flags for Unleash, and from it. */
class UnleashTest {
  private static final String FLAGS =
      """
      flags:
        new-checkout:
          weights: { on: 20% }
          rules:
            - { attribute: email, endsWith: "@example.com", serve: on }
            - { attribute: targetingKey, in: [ann, bob], serve: on }
        search: { key: tenant, weights: { on: 100% } }
        nobody: {}
      """;

  private static String exported(String flags) {
    return UnleashFile.of(FlagdTest.read(flags).values().stream().map(FlagdTest::view).toList())
        .toString();
  }

  private static Map<String, ?> imported(String file) {
    return FlagdTest.read(FlagdReader.yaml(new UnleashReader("f.json", file).flags()));
  }

  @Test
  void whatIsExportedIsReadAgainAsItWas() {
    var before = FlagdTest.read(FLAGS.replace("nobody: {}", "nobody: { weights: { on: 0% } }"));
    assertThat(imported(exported(FLAGS))).isEqualTo(before);
  }

  @Test
  void unleashsOwnWordsAreUsed() {
    var file = Json.read(exported(FLAGS), JsonNode.class);
    assertThat(file.at("/features/0/strategies/1").toString())
        .isEqualTo(
            "{\"name\":\"flexibleRollout\",\"parameters\":{\"groupId\":\"new-checkout\",\"rollout\":\"100\","
                + "\"stickiness\":\"default\"},\"constraints\":[{\"contextName\":\"userId\",\"operator\":\"IN\","
                + "\"inverted\":false,\"caseInsensitive\":false,\"values\":[\"ann\",\"bob\"]}]}");
    assertThat(file.at("/features/0/strategies/2/parameters/rollout").asText()).isEqualTo("20");
    assertThat(file.at("/features/1/strategies/0/parameters/stickiness").asText())
        .isEqualTo("tenant");
    assertThat(file.at("/features/2/strategies/0/parameters/rollout").asText())
        .as("without a strategy a feature is on for everybody")
        .isEqualTo("0");
  }

  @Test
  void aKilledFlagIsNotEnabled() {
    var flag = FlagdTest.view(FlagdTest.read(FLAGS).get("search"), true);
    assertThat(UnleashFile.of(List.of(flag)).at("/features/0/enabled").asBoolean()).isFalse();
  }

  @Test
  void whatUnleashGivesItsClientsIsRead() {
    String file =
        """
        { "version": 2, "query": { "environment": "production" }, "features": [
          { "name": "a", "type": "release", "enabled": true, "project": "default", "stale": false,
            "impressionData": false, "variants": [], "dependencies": [], "description": null,
            "strategies": [
              { "name": "userWithId", "constraints": [], "parameters": { "userIds": "ann, bob,," } },
              { "name": "default", "parameters": {}, "constraints": [ { "contextName": "plan",
                "operator": "STR_STARTS_WITH", "values": ["pro", "team"], "inverted": false } ] },
              { "name": "flexibleRollout", "disabled": true, "parameters": { "rollout": "70" } },
              { "name": "flexibleRollout", "constraints": [], "parameters": { "groupId": "a",
                "rollout": "25", "stickiness": "sessionId" } } ] },
          { "name": "all", "enabled": true, "strategies": [ { "name": "default" } ] } ] }
        """;
    assertThat(imported(file))
        .isEqualTo(
            FlagdTest.read(
                """
                flags:
                  a:
                    key: sessionId
                    weights: { on: 25% }
                    rules:
                      - { attribute: targetingKey, in: [ann, bob], serve: on }
                      - { attribute: plan, startsWith: pro, serve: on }
                      - { attribute: plan, startsWith: team, serve: on }
                  all: { weights: { on: 100% } }
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | has no features",
        "[ | is no JSON",
        "{'features':[{}]} | without a name",
        "{'features':[{'name':'a','strategies':[]},{'name':'a'}]} | a twice",
        "{'features':[{'name':'a','enabled':false}]} | a: hive.yaml cannot say that it is not"
            + " enabled",
        "{'features':[{'name':'a','variants':[{'name':'v'}]}]} | cannot say variants",
        "{'features':[{'name':'a','dependencies':[{'feature':'b'}]}]} | cannot say dependencies",
        "{'features':[{'name':'a','strategies':[{'name':'remoteAddress'}]}]} | strategy"
            + " remoteAddress",
        "{'features':[{'name':'a','strategies':[{'name':'default','segments':[1]}]}]} | segments",
        "{'features':[{'name':'a','strategies':[{'name':'default'},{'name':'default'}]}]} | two"
            + " shares",
        "{'features':[{'name':'a','strategies':[S'50'},'constraints':[C'IN'}]}]}]} | whom a"
            + " constraint",
        "{'features':[{'name':'a','strategies':[S'100'},'constraints':[C'NUM_GT'}]}]}]} | NUM_GT",
        "{'features':[{'name':'a','strategies':[S'100'},'constraints':[C'NOT_IN'}]}]}]} | NOT_IN",
        "{'features':[{'name':'a','strategies':[S'100'},'constraints':[C'IN','inverted':true}]}]}]}"
            + " | inverted",
        "{'features':[{'name':'a','strategies':[S'100'},'constraints':[C'IN'},C'IN'}]}]}]} | two"
            + " constraints",
        "{'features':[{'name':'a','strategies':[S'20','stickiness':'random'}}]}]} | random",
        "{'features':[{'name':'a','strategies':[S'2.5'}}]}]} | a rollout of",
        "{'features':[{'name':'a b','enabled':true,'strategies':[]}]} | a b",
        "{'features':[{'name':'b','strategies':[]}]} | b: enabled is not true or false",
        "{'features':[{'name':'b','enabled':'false','strategies':[]}]} | b: enabled is not true or"
            + " false",
        "{'features':[{'name':'a'}]} | a: strategies is not a list",
        "{'features':[{'name':'a','strategies':{'name':'default'}}]} | a: strategies is not a list",
        "{'features':[{'name':'a','strategies':['default']}]} | a: a strategy is not an object",
        "{'features':[{'name':'a','strategies':[{'name':'default','segments':3}]}]} | segments is"
            + " not a list",
        "{'features':[{'name':'a','strategies':[{'name':'default','variants':true}]}]} | variants"
            + " is not a list",
        "{'features':[{'name':'a','strategies':[{'name':'default','disabled':'yes'}]}]} | disabled"
            + " is not true or false",
        "{'features':[{'name':'a','strategies':[S'100'},'constraints':'all'}]}]} | constraints is"
            + " not a list",
        "{'features':[{'name':'a','strategies':[S'100'},'constraints':[C'IN','inverted':1}]}]}]}"
            + " | inverted is not true or false",
        "{'features':[{'name':'a','strategies':[{'name':'userWithId','parameters':{'userIds':['a']}}]}]}"
            + " | userIds is not a text",
        "{'features':[{'name':'a','strategies':[S'100','stickiness':'random'}}]}]} | random",
      })
  void whatHiveYamlCannotSayIsRefusedByName(String file, String said) {
    String text =
        file.replace("S'", "{'name':'flexibleRollout','parameters':{'rollout':'")
            .replace("C'", "{'contextName':'plan','values':['pro'],'operator':'")
            .replace("{'name':'a',", "{'enabled':true,'name':'a',")
            .replace("{'name':'a'}", "{'enabled':true,'name':'a'}")
            .replace('\'', '"');
    assertThatThrownBy(() -> new UnleashReader("f.json", text).flags()).hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ f: { variants: { a: x, b: y }, default: a } } | variants of f",
        "{ f: { default: on } } | variants of f",
        "{ f: { weights: { on: 2.5% } } } | share of 2.5%",
        "{ f: { rules: [{ attribute: plan, equals: x, serve: off }] } } | rule of plan that serves"
            + " off",
        "{ f: { rules: [{ attribute: plan, equals: 3, serve: on }] } } | value 3 of plan",
      })
  void whatUnleashCannotBeToldIsRefusedByName(String flags, String said) {
    assertThatThrownBy(() -> exported("flags: " + flags)).hasMessageContaining(said);
  }
}
