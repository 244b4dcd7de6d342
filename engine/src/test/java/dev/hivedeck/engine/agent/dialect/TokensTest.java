package dev.hivedeck.engine.agent.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.driver.FakeAgent;
import dev.hivedeck.engine.protocol.Act.Spend;
import dev.hivedeck.engine.protocol.Json;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What each agent says it used, and what is counted of it: all tokens that were read, those from
 * and into a cache among them, and all that were written, those of its thoughts among them. Every
 * figure is another one, so that none can be forgotten, counted twice or taken for another.
 */
class TokensTest {
  private static final Clock CLOCK = Clock.systemUTC();

  private static Dialect dialect(String agent) {
    var format = CommandDialect.FORMATS.get(agent);
    return format != null ? format.apply(CLOCK) : DialectTest.DIALECTS.get(agent);
  }

  /** The last that it told of each kind. */
  private static String spent(Dialect.Reader reader, String... lines) {
    var all = new ArrayList<String>();
    for (String line : lines) {
      for (DialectEvent dialectEvent : reader.read(Json.read(line, JsonNode.class))) {
        switch (dialectEvent) {
          case DialectEvent.Did(Spend spend) -> all.add("turn " + figures(spend));
          case DialectEvent.SpendSoFar(Spend spend) -> all.add("so far " + figures(spend));
          case DialectEvent.Total(Spend spend) -> all.add("in all " + figures(spend));
          default -> {
            // Tells of no tokens.
          }
        }
      }
    }
    return String.join("; ", all);
  }

  private static String figures(Spend spend) {
    return spend.in() + " " + spend.cached() + " " + spend.out() + " $" + spend.cost();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // read, read from a cache, written into it, written
        "claude | turn 1230 200 4000 $0.5 |"
            + " {'type':'result','total_cost_usd':0.5,'usage':{'input_tokens':1000,'cache_read_input_tokens':200,'cache_creation_input_tokens':30,'output_tokens':4000}}",
        "claude | turn 1000 0 4 $null |"
            + " {'type':'result','usage':{'input_tokens':1000,'output_tokens':4}}",
        "claude | so far 1230 200 4000 $null |"
            + " {'type':'assistant','message':{'id':'m','model':'x','usage':{'input_tokens':1000,'cache_read_input_tokens':200,'cache_creation_input_tokens':30,'output_tokens':4000},'content':[]}}",
        "claude | `` |"
            + " {'type':'assistant','message':{'id':'m','model':'<synthetic>','usage':{'input_tokens':1000,'output_tokens':4000},'content':[]}}",
        "codex | in all 1000 200 4000 $null |"
            + " {'type':'turn.completed','usage':{'input_tokens':1000,'cached_input_tokens':200,'output_tokens':4000}}",
        "codex-app | in all 1000 200 4000 $null |"
            + " {'method':'thread/tokenUsage/updated','params':{'threadId':'t','tokenUsage':{'total':{'inputTokens':1000,'cachedInputTokens':200,'outputTokens':4000,'totalTokens':9}}}}",
        "gemini | turn 1000 200 4000 $null |"
            + " {'type':'result','status':'success','stats':{'input_tokens':1000,'cached':200,'output_tokens':4000,'total_tokens':5000}}",
        "gemini | `` | {'type':'result','status':'success','stats':{}}",
        "opencode | turn 1230 200 4500 $0.25 |"
            + " {'type':'step_finish','part':{'reason':'stop','cost':0.25,'tokens':{'input':1000,'output':4000,'reasoning':500,'cache':{'read':200,'write':30}}}}",
        "opencode | turn 1000 0 4 $null |"
            + " {'type':'step_finish','part':{'reason':'tool-calls','tokens':{'input':1000,'output':4}}}",
        "pi | turn 1230 200 4000 $0.25 |"
            + " {'type':'message_end','message':{'role':'assistant','content':[],'usage':{'input':1000,'cacheRead':200,'cacheWrite':30,'output':4000,'cost':{'total':0.25}}}}",
        "pi | turn 1000 0 4 $null |"
            + " {'type':'message_end','message':{'role':'assistant','content':[],'usage':{'input':1000,'output':4,'cost':{'total':0}}}}",
        "qwen | so far 1000 200 4000 $null |"
            + " {'type':'assistant','message':{'content':[],'usage':{'input_tokens':1000,'cache_read_input_tokens':200,'output_tokens':4000}}}",
        "qwen | turn 1000 200 4000 $null |"
            + " {'type':'result','usage':{'input_tokens':1000,'cache_read_input_tokens':200,'output_tokens':4000},'result':'done'}",
      })
  void eachOfItsFiguresCounts(String agent, String counted, String line) {
    assertThat(spent(dialect(agent).reading(DialectTest.job(null)), line.replace('\'', '"')))
        .isEqualTo(counted);
  }

  @Test
  void whatClaudeCostsIsOfAllTurnsAndItsTokensAreOfOne() {
    var reader = dialect("claude").reading(DialectTest.job(null));
    String turn = "{\"type\":\"result\",\"total_cost_usd\":%s,\"usage\":{\"input_tokens\":%d}}";
    assertThat(spent(reader, turn.formatted("0.25", 10), turn.formatted("0.75", 30)))
        .isEqualTo("turn 10 0 0 $0.25; turn 30 0 0 $0.5");
  }

  @Test
  void whatClineCostsIsOfAllTurnsAndItsTokensAreOfOne() {
    var reader = dialect("cline").reading(DialectTest.job(null));
    String usage =
        "{\"type\":\"agent_event\",\"event\":{\"type\":\"usage\",\"inputTokens\":%d,"
            + "\"cacheReadTokens\":2,\"outputTokens\":4,\"totalCost\":%s}}";
    assertThat(spent(reader, usage.formatted(10, "0.25"), usage.formatted(30, "0.75")))
        .isEqualTo("turn 10 2 4 $0.25; turn 30 2 4 $0.5");
  }

  /** Each answer is told in pieces that name the same tokens. */
  @Test
  void anAnswerOfClaudesCountsOnce() {
    var reader = dialect("claude").reading(DialectTest.job(null));
    String piece =
        "{\"type\":\"assistant\",\"message\":{\"id\":\"%s\",\"usage\":{\"input_tokens\":%d},"
            + "\"content\":[]}}";
    assertThat(
            spent(
                reader,
                piece.formatted("a", 10),
                piece.formatted("a", 10),
                piece.formatted("b", 5)))
        .isEqualTo("so far 10 0 0 $null; so far 15 0 0 $null");
  }

  @Test
  void codexCountsTheThreadsThatItStarted() {
    var reader = dialect("codex-app").reading(DialectTest.job(null));
    String usage =
        "{\"method\":\"thread/tokenUsage/updated\",\"params\":{\"threadId\":\"%s\",\"tokenUsage\":"
            + "{\"total\":{\"inputTokens\":%d,\"cachedInputTokens\":1,\"outputTokens\":2}}}}";
    assertThat(
            spent(
                reader,
                usage.formatted("a", 10),
                usage.formatted("b", 5),
                usage.formatted("a", 20)))
        .isEqualTo("in all 10 1 2 $null; in all 15 2 4 $null; in all 25 2 4 $null");
  }

  // ── the Agent Client Protocol ───────────────────────────────────────────────────────────────

  /** One that has been asked its first prompt. */
  private static Dialect.Reader prompted(List<JsonNode> asked) {
    var dialect = dialect("acp");
    var request = DialectTest.job(null);
    var reader = dialect.reading(request);
    answer(
        reader,
        Json.read(dialect.launch(request).input().getFirst(), JsonNode.class),
        asked,
        "{\"protocolVersion\":1}");
    answer(reader, asked.getLast(), asked, "{\"sessionId\":\"s-1\"}");
    return reader;
  }

  private static List<DialectEvent> answer(
      Dialect.Reader reader, JsonNode question, List<JsonNode> asked, String result) {
    var heard =
        reader.read(
            Json.read(
                "{\"jsonrpc\":\"2.0\",\"id\":" + question.get("id") + ",\"result\":" + result + "}",
                JsonNode.class));
    for (DialectEvent each : heard) {
      if (each instanceof DialectEvent.Send(String line)) {
        asked.add(Json.read(line, JsonNode.class));
      }
    }
    return heard;
  }

  private static List<Spend> totals(List<DialectEvent> heard) {
    return heard.stream()
        .filter(DialectEvent.Total.class::isInstance)
        .map(h -> ((DialectEvent.Total) h).spend())
        .toList();
  }

  /** The protocol leaves open what contains what: the total tells. */
  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1230 200 4500 |"
            + " {'inputTokens':1000,'cachedReadTokens':200,'cachedWriteTokens':30,'outputTokens':4000,'thoughtTokens':500,'totalTokens':5730}",
        "1230 200 4500 |"
            + " {'inputTokens':1000,'cachedReadTokens':200,'cachedWriteTokens':30,'outputTokens':4000,'thoughtTokens':500}",
        "1000 200 4500 |"
            + " {'inputTokens':1000,'cachedReadTokens':200,'cachedWriteTokens':30,'outputTokens':4000,'thoughtTokens':500,'totalTokens':5500}",
        "1000 200 4000 |"
            + " {'inputTokens':1000,'cachedReadTokens':200,'cachedWriteTokens':30,'outputTokens':4000,'thoughtTokens':500,'totalTokens':5000}",
        "1230 200 4000 |"
            + " {'inputTokens':1000,'cachedReadTokens':200,'cachedWriteTokens':30,'outputTokens':4000,'thoughtTokens':500,'totalTokens':5230}",
        "1000 0 4000   | {'input_tokens':1000,'output_tokens':4000}",
      })
  void ofAnAgentByTheProtocolTheTotalTells(String counted, String usage) {
    for (String place : List.of("'usage':%s", "'_meta':{'usage':%s}")) {
      var asked = new ArrayList<JsonNode>();
      var reader = prompted(asked);
      String result = "{'stopReason':'end_turn'," + place.formatted(usage) + "}";
      var heard = answer(reader, asked.getLast(), asked, result.replace('\'', '"'));
      assertThat(totals(heard))
          .singleElement()
          .satisfies(spend -> assertThat(figures(spend)).isEqualTo(counted.strip() + " $null"));
    }
  }

  @ParameterizedTest
  @CsvSource({"USD, true", "EUR, false", "'', false", ", true"})
  void moneyOfAnotherCurrencyIsNoDollars(String currency, boolean counts) {
    var asked = new ArrayList<JsonNode>();
    var reader = prompted(asked);
    String cost =
        "{\"amount\":0.5" + (currency == null ? "" : ",\"currency\":\"" + currency + "\"") + "}";
    var heard =
        reader.read(
            Json.read(
                FakeAgent.update("{\"sessionUpdate\":\"usage_update\",\"cost\":" + cost + "}"),
                JsonNode.class));
    assertThat(totals(heard)).extracting(Spend::cost).isEqualTo(counts ? List.of(0.5) : List.of());
  }

  @Test
  void whatItCostsIsOfTheWholeConversationAndItsTokensAreOfATurn() {
    var asked = new ArrayList<JsonNode>();
    var reader = prompted(asked);
    reader.read(
        Json.read(
            FakeAgent.update(
                "{\"sessionUpdate\":\"usage_update\",\"cost\":{\"amount\":0.5,\"currency\":\"USD\"}}"),
            JsonNode.class));
    String result =
        "{\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":10,\"cachedReadTokens\":2,"
            + "\"outputTokens\":3,\"totalTokens\":13}}";
    answer(reader, asked.getLast(), asked, result);
    asked.add(Json.read(reader.say("more").orElseThrow(), JsonNode.class));
    assertThat(totals(answer(reader, asked.getLast(), asked, result)))
        .extracting(TokensTest::figures)
        .containsExactly("20 4 6 $0.5");
  }
}
