package dev.hivedeck.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each key of {@code hive.yaml} comes to, word by word, and what is refused with its line. */
class ConfigValuesTest {
  private static JsonNode read(String yaml) {
    String text = "version: 1\n" + yaml.replace(" ¶ ", "\n") + "\n";
    return Json.tree(HiveConfig.parse("hive.yaml", text));
  }

  /** What was written, and where in the configuration it is found again as what. */
  @ParameterizedTest(name = "{0}: {1} is {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // what holds where nothing is said
        "agents: {} | /schedule/choice | true",
        "agents: {} | /mcp | true",
        "agents: {} | /backups | 7",
        "agents: {} | /git | {'update':true,'maintenance':true,'largest':1000000000}",
        "agents: {} | /queue | {'limit':100000,'parallel':{},'memory':536870912,'load':8.0}",
        "agents: {} | /isolation | {'kind':'clone','push':false}",
        "agents: {} | /budgets/day | {'none':true}",
        "agents: {} | /defaults |"
            + " {'attempts':3,'backoff':[5,15,30],'timeout':1200,'quiet':300}",
        "agents: {} | /retention | {'events':2592000,'logs':2592000,'kept':7776000}",
        // on and off, however an editor writes them
        "schedule: { choice: on } | /schedule/choice | true",
        "schedule: { choice: true } | /schedule/choice | true",
        "schedule: { choice: off } | /schedule/choice | false",
        "schedule: { choice: false } | /schedule/choice | false",
        "workspace: { maintenance: on } | /git/maintenance | true",
        "workspace: { maintenance: true } | /git/maintenance | true",
        "workspace: { maintenance: off } | /git/maintenance | false",
        "workspace: { maintenance: false } | /git/maintenance | false",
        "workspace: { checkout: leave } | /git/update | false",
        "workspace: { checkout: update } | /git/update | true",
        "mcp: false | /mcp | false",
        "mcp: true | /mcp | true",
        "workspace: { push: true } | /isolation/push | true",
        "agents: { a: { run: x, sandbox: { network: on } } } | /agents/a/held/network | true",
        "agents: { a: { run: x, sandbox: { network: true } } } | /agents/a/held/network | true",
        "agents: { a: { run: x, sandbox: { network: off } } } | /agents/a/held/network | false",
        // what an agent may do
        "agents: { a: { run: x } } | /agents/a/sandbox | 'WORKSPACE'",
        "agents: { a: { run: x } } | /agents/a/held | null",
        "agents: { a: { run: x, sandbox: full } } | /agents/a/held | null",
        "agents: { a: { run: x, sandbox: full } } | /agents/a/sandbox | 'FULL'",
        "agents: { a: { run: x, sandbox: read-only } } | /agents/a/sandbox | 'READ_ONLY'",
        "agents: { a: { run: x, sandbox: read-only } } | /agents/a/held/network | true",
        "agents: { a: { driver: codex, sandbox: read-only } } | /agents/a/sandbox | 'READ_ONLY'",
        "agents: { a: { driver: codex, sandbox: { mode: full } } } | /agents/a/sandbox | 'FULL'",
        "agents: { a: { driver: codex, sandbox: workspace } } | /agents/a/held | null",
        // amounts
        "budgets: { day: { tokens: 400000 } } | /budgets/day/tokens | 400000",
        "budgets: { day: { tokens: 400k } } | /budgets/day/tokens | 400000",
        "budgets: { day: { tokens: 1.5M } } | /budgets/day/tokens | 1500000",
        "budgets: { day: { tokens: 2G } } | /budgets/day/tokens | 2000000000",
        "budgets: { day: { tokens: 1 } } | /budgets/day/tokens | 1",
        "budgets: { attempt: { cost: 1 } } | /budgets/attempt/cost | 1.0",
        "budgets: { task: { cost: 0.01 } } | /budgets/task/cost | 0.01",
        "budgets: { agent: { cost: 3 } } | /budgets/agent/cost | 3.0",
        "budgets: { plan: { cost: 4 } } | /budgets/plan/cost | 4.0",
        "agents: { a: { run: x, limits: { tokens: 9k, cost: 2 } } } | /agents/a/limits |"
            + " {'tokens':9000,'cost':2.0}",
        "defaults: { limits: { memory: 1MB, cpu: 0.01, processes: 1 } } ¶ agents: { a: { run: x } }"
            + " | /agents/a/limits | {'memory':1000000,'cpu':0.01,'processes':1}",
        "defaults: { limits: { memory: 1MB, cpu: 2, processes: 9 } } ¶ agents: { a: { run: x,"
            + " limits: { memory: 2MB, cpu: 3, processes: 8 } } } | /agents/a/limits |"
            + " {'memory':2000000,'cpu':3.0,'processes':8}",
        "queue: { limit: 5, memory: 1GiB, load: 2.5, parallel: { bug-fix: 2 } } | /queue |"
            + " {'limit':5,'parallel':{'bug-fix':2},'memory':1073741824,'load':2.5}",
        "workspace: { largest: 2MB } | /git/largest | 2000000",
        "gates: { g: { builtin: size, warnBytes: 1B, maxBytes: 1kB } } | /gates/g/warnBytes | 1",
        "gates: { g: { builtin: size, warnBytes: 1kB, maxBytes: 1kB } } | /gates/g/maxBytes | 1000",
        "gates: { g: { builtin: size, warn: 3, max: 3 } } | /gates/g/max | 3",
        "backups: { keep: 2 } | /backups | 2",
        // times
        "defaults: { timeout: 500ms } | /defaults/timeout | 0.5",
        "defaults: { timeout: 90s } | /defaults/timeout | 90",
        "defaults: { timeout: 1.5m } | /defaults/timeout | 90",
        "defaults: { timeout: 2h } | /defaults/timeout | 7200",
        "defaults: { timeout: 1d } | /defaults/timeout | 86400",
        "defaults: { quiet: 7s } | /defaults/quiet | 7",
        "defaults: { backoff: [] } | /defaults/backoff | []",
        "retention: { events: 1d, logs: 2d, kept: 24h } | /retention |"
            + " {'events':86400,'logs':172800,'kept':86400}",
        "gates: { g: { run: x } } | /gates/g/timeout | 600",
        "gates: { g: { run: x, timeout: 1s } } | /gates/g/timeout | 1",
        "gates: { g: { run: x } } | /gates/g/at | ['attempt']",
        "gates: { g: { run: x, at: [merge] } } | /gates/g/at | ['merge']",
        "changes: { merge: { method: squash } } | /merge |"
            + " {'method':'squash','batch':1,'ahead':0,'stack':false}",
        "changes: { merge: { batch: 4 } } | /merge |"
            + " {'method':'merge','batch':4,'ahead':0,'stack':false}",
        "changes: { merge: { ahead: 1 } } | /merge |"
            + " {'method':'merge','batch':1,'ahead':1,'stack':false}",
        "changes: { stack: true } | /merge | {'method':'merge','batch':1,'ahead':0,'stack':true}",
        // prices, whatever letters their names have
        "prices: { Big: { in: 2, out: 3 } } | /prices/own/big | {'in':2.0,'cached':2.0,'out':3.0}",
        "prices: { big: { in: 2, cached: 1, out: 3 } } | /prices/own/big/cached | 1.0",
        // who decides
        "decisions: { ui: {} } | /decisions/ui/human | 'REQUIRED'",
        "decisions: { ui: { human: none } } | /decisions/ui/human | 'NONE'",
      })
  void aValueIsWhatItSays(String yaml, String pointer, String value) {
    var there = read(yaml).at(pointer);
    assertThat(there.isMissingNode() ? "null" : Json.write(there))
        .isEqualTo(value.replace('\'', '"'));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "budgets: { day: { cost: 0 } } | a budget of nothing lets nobody begin",
        "budgets: { day: { tokens: 0 } } | a budget of nothing lets nobody begin",
        "budgets: { plan: { tokens: 5, cost: 0 } } | a budget of nothing lets nobody begin",
        "budgets: { plan: { tokens: 0, cost: 5 } } | a budget of nothing lets nobody begin",
        "retention: { kept: 23h } | less than a day",
        "workspace: { largest: 999kB } | too little for any work",
        "queue: { memory: 999kB } | too little for any work",
        "agents: { a: { run: x, limits: { cpu: 0.009 } } } | no number of cores",
        "agents: { a: { run: x, limits: { tokens: 5T } } } | no amount",
        "agents: { a: { run: x, limits: { tokens: -5 } } } | no amount",
        "agents: { a: { run: x, limits: { timeout: 5 min } } } | no time",
        "agents: { you: { run: x } } | is you, the person",
        "agents: { a: { run: x, owns: [' '] } } | leaves the repository",
        "protected: [' '] | leaves the repository",
        "agents: { a: { run: x, fallback: [b] } } | falls back to b, which is no agent here",
        "gates: { g: { builtin: size, warnBytes: 0B } } | too little",
        "gates: { g: { builtin: owners, maxBytes: 5MB } } | maxBytes is for builtin: size",
        "gates: { g: { builtin: owners, warnBytes: 5MB } } | warnBytes is for builtin: size",
        "gates: { g: {} } | checks nothing",
        "agents: { a: { driver: acp, run: x, format: pi } } | a format says what a command agent"
            + " prints",
      })
  void whatCannotBeMeantIsRefused(String yaml, String words) {
    var e = catchThrowableOfType(HiveException.class, () -> read(yaml));
    assertThat(e).as("was accepted").isNotNull();
    assertThat(e.code()).isEqualTo("config-invalid");
    assertThat(e.getMessage()).startsWith("hive.yaml:2: ").contains(words);
  }

  @Test
  void anAgentMayFallBackToYouAndToOthers() {
    var agents =
        HiveConfig.parse(
                "hive.yaml", "agents: { a: { run: x, fallback: [b, you] }, b: { run: y } }")
            .agents();
    assertThat(agents.get("a").fallback()).containsExactly("b", "you");
  }

  @Test
  void aRuleIsThatOfItsKindElseTheUsualElseAPersons() {
    var config =
        HiveConfig.parse(
            "hive.yaml",
            "decisions: { ui: { human: none }, default: { human: advisory, within: 5m, default:"
                + " proceed } }");
    assertThat(config.rule("ui").human()).isEqualTo(DecisionRule.Human.NONE);
    assertThat(config.rule("db").human()).isEqualTo(DecisionRule.Human.ADVISORY);
    assertThat(config.rule(null).human()).isEqualTo(DecisionRule.Human.ADVISORY);
    var bare = HiveConfig.parse("hive.yaml", "decisions: { ui: { human: none } }");
    assertThat(bare.rule("db").human()).isEqualTo(DecisionRule.Human.REQUIRED);
  }
}
