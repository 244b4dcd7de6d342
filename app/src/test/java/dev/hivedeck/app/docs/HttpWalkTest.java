package dev.hivedeck.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Walks the OpenAPI document against a running engine: each operation answers as it says. */
@DisabledOnOs(OS.WINDOWS)
class HttpWalkTest {
  private static final String CONFIG =
      """
      version: 1
      agents:
        maker: { run: echo $HIVEDECK_TASK > made-$HIVEDECK_TASK.txt }
        asker: { run: 'echo "{\\"hivedeck\\":\\"ask\\",\\"question\\":\\"Which?\\",\\"options\\":[\\"a\\",\\"b\\"]}"' }
        failer: { run: echo it is broken >&2; exit 3 }
      defaults: { attempts: 3, backoff: [1ms] }
      decisions: { default: { human: required }, small: { human: none } }
      services: { idle: { run: exec sleep 600 } }
      worktree: { run: exec sleep 600 }
      rollouts: { idle: { steps: [5%, 100%] } }
      flags: { new-checkout: { weights: { on: 20% } } }
      schedules: { yearly: { cron: '@yearly', task: { title: Once a year, agent: you } } }
      """;

  private static final String PLAN =
      """
      plan: Walk
      requirements: [ { id: R-1, title: It can be walked, acceptance: [ All of it ] } ]
      tasks:
        - { id: T-1, title: Merged, agent: maker, kind: small, requirements: [ R-1 ] }
        - { id: T-2, title: To be approved, agent: maker }
        - { id: T-3, title: To be returned, agent: maker }
        - { id: T-4, title: To be closed, agent: maker }
        - { id: T-5, title: Asks, agent: asker }
        - { id: T-6, title: Fails, agent: failer }
        - { id: T-7, title: To be merged, agent: maker }
      """;

  private static final String OPEN_SLO =
      """
      apiVersion: openslo/v1
      kind: SLO
      metadata: { name: imported }
      spec:
        service: web
        indicator:
          spec:
            ratioMetric:
              bad: { metricSource: { spec: { query: 'sum(a{b="c"})' } } }
              total: { metricSource: { spec: { query: sum(a) } } }
        timeWindow: [{ duration: 30d, isRolling: true }]
        objectives: [{ target: 0.99 }]
      """;

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Set<String> called = new HashSet<>();
  private Path repository;
  private Engine engine;
  private JsonNode document;

  @BeforeEach
  void open() throws Exception {
    var shop = new Shop(folder).configure(CONFIG).write("README.md", "# Shop\n").commit();
    repository = shop.path();
    shop.write("made-T-1.txt", "in the way\n");
    shop.git().must("update-ref", "refs/hivedeck/kept/T-9/T-9.1/1", kept(shop));
    engine = hive();
    trust();
    engine.execute(new Command.ImportPlan("plan.yaml", PLAN), null);
    engine.execute(new Command.StartHive(4), null);
    document = new YAMLMapper().readTree(get("/v1/openapi.yaml"));
    until("/v1/changes", "C-1", c -> c.path("state").asText().equals("merged"));
    for (String change : new String[] {"C-2", "C-3", "C-4", "C-5"}) {
      until("/v1/changes", change, c -> c.path("review").asText().equals("wanted"));
    }
    until("/v1/decisions", "D-1", d -> d.path("state").asText().equals("open"));
    until("/v1/tasks", "T-6", t -> t.path("state").asText().equals("dead"));
    engine.execute(new Command.Reconcile(), null);
    until("/v1/drift", "checkout:" + repository.toRealPath(), d -> true);
  }

  private static String kept(Shop shop) throws IOException {
    shop.write("kept.txt", "kept\n");
    shop.git().must("add", "kept.txt");
    String tree = shop.git().must("write-tree");
    shop.git().must("reset", "--quiet");
    return shop.git().must("commit-tree", "-p", "HEAD", "-m", "Kept of T-9.1: a test", tree);
  }

  private Engine hive() {
    return Engine.open(
        new EngineOptions(
            repository,
            folder.resolve("home"),
            10,
            true,
            0,
            0,
            new SystemTimers(),
            () -> UUID.randomUUID().toString(),
            new Random(1)));
  }

  private void trust() {
    var workspace =
        (WorkspaceViews.Workspace)
            engine.snapshot(Set.of(Topic.WORKSPACE)).things().get(Topic.WORKSPACE).getFirst();
    engine.execute(new Command.Trust(workspace.consent().digest()), null);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void everyOperationAnswersAsItSays() throws Exception {
    read();
    registered();
    steerTasks();
    steerChanges();
    steerTheRest();
    former();
    call("callMcp", Map.of(), "{}", 403);
    call("closeMcp", Map.of(), null, 403);
    assertThat(call("stopEngine", Map.of(), null, 200)).isNotNull();
    engine.awaitClosed();
    engine = hive();
    call("stopEngineFormerly", Map.of(), null, 200);
    var all = new HashSet<String>();
    document
        .get("paths")
        .forEach(path -> path.forEach(o -> all.add(o.path("operationId").asText())));
    all.remove(""); // parameters
    assertThat(called).containsExactlyInAnyOrderElementsOf(all);
  }

  private void read() throws Exception {
    for (String id :
        "getHealth getHealthWithToken getOpenApi getSummary getWorkspace getStats getPlan getConfig"
            .split(" ")) {
      call(id, Map.of(), null, 200);
    }
    call("listInstalledAgents", Map.of(), null, 200);
    call("listDefinedAgents", Map.of(), null, 200);
    assertThat(call("listEvents", Map.of("after", "-5", "limit", "3"), null, 200)).hasSize(3);
    assertThat(call("listRequirements", Map.of(), null, 200)).hasSize(1);
    call("getRequirement", Map.of("id", "R-1"), null, 200);
    assertThat(call("listTasks", Map.of("state", "dead"), null, 200))
        .extracting(t -> t.get("id").asText())
        .containsExactly("T-6");
    assertThat(call("listTasks", Map.of("limit", "2"), null, 200)).hasSize(2);
    assertThat(refused("listTasks", Map.of("state", "gone"))).isEqualTo("bad-parameter");
    assertThat(refused("listTasks", Map.of("stat", "dead"))).isEqualTo("bad-parameter");
    assertThat(refused("listTasks", Map.of("limit", "0"))).isEqualTo("bad-number");
    call("getTask", Map.of("id", "T-1"), null, 200);
    call("getTaskPrompt", Map.of("id", "T-1"), null, 200);
    call("listTaskAttempts", Map.of("id", "T-6"), null, 200);
    call("listSubtasks", Map.of("id", "T-1"), null, 200);
    call("explainTask", Map.of("id", "T-6"), null, 200);
    assertThat(call("listAgents", Map.of(), null, 200)).hasSize(3);
    call("getAgent", Map.of("id", "maker"), null, 200);
    var latest = call("listAttempts", Map.of("limit", "1"), null, 200);
    assertThat(latest).hasSize(1);
    call("getAttempt", Map.of("id", "T-1.1"), null, 200);
    call("getAttemptLog", Map.of("id", "T-6.1", "raw", "true"), null, 200);
    assertThat(call("getAttemptLog", Map.of("id", "T-6.1", "from", "-1"), null, 200).get("lines"))
        .hasSize(1);
    call("getAttemptDiff", Map.of("id", "T-2.1"), null, 200);
    call("getAttemptBrief", Map.of("id", "T-2.1"), null, 200);
    assertThat(call("listChanges", Map.of("state", "merged"), null, 200)).hasSize(1);
    call("getChange", Map.of("id", "C-1"), null, 200);
    call("getChangeDiff", Map.of("id", "C-2", "file", "made-T-2.txt"), null, 200);
    var file = call("getChangeFile", Map.of("id", "C-2", "path", "made-T-2.txt"), null, 200);
    assertThat(file.get("base64").asText()).isNotEmpty();
    call("getChangeFile", Map.of("id", "C-2", "path", "none.txt", "before", "true"), null, 404);
    call("listDecisions", Map.of(), null, 200);
    call("getDecision", Map.of("id", "D-1"), null, 200);
    var kept = call("listKept", Map.of(), null, 200).get(0).get("id").asText();
    assertThat(kept).contains("/");
    assertThat(call("getKept", Map.of("id", kept), null, 200).get("id").asText()).isEqualTo(kept);
    call("getKeptDiff", Map.of("id", kept), null, 200);
    var drift = call("listDrift", Map.of(), null, 200).get(0).get("id").asText();
    call("getDrift", Map.of("id", drift), null, 200);
    var lessons = call("listLessons", Map.of(), null, 200);
    assertThat(lessons).isNotEmpty();
    String lesson = lessons.get(0).get("id").asText();
    call("getLesson", Map.of("id", lesson), null, 200);
    call("listSightings", Map.of("id", lesson), null, 200);
    call("judgeLesson", Map.of("id", lesson), "{\"state\":\"accepted\"}", 200);
    call("wordLesson", Map.of("id", lesson), "{\"remedy\":\"Mend it.\"}", 200);
    call("listRecordedLessons", Map.of(), null, 200);
  }

  private void steerTasks() throws Exception {
    call("pauseHive", Map.of(), "{}", 200);
    var added = call("addTask", Map.of(), "{\"title\":\"One more\",\"agent\":\"maker\"}", 200);
    var task = Map.of("id", added.get("id").asText());
    call("changeTask", task, "{\"priority\":1}", 200);
    call("pauseTask", task, null, 200);
    assertThat(call("resumeTask", task, null, 200).get("state").asText()).isEqualTo("ready");
    call("takeTask", task, null, 200);
    call("cancelTask", task, null, 200);
    call("retryTask", Map.of("id", "T-6"), "{\"agent\":\"maker\",\"timeout\":2400}", 200);
    call("retryTask", Map.of("id", "T-9"), "{}", 404);
    var several = "{\"title\":\"Twice\",\"agents\":[\"maker\",\"maker\"]}";
    var twice = Map.of("id", call("addTask", Map.of(), several, 200).get("id").asText());
    assertThat(call("addAlternatives", twice, "{\"agents\":[\"failer\"]}", 200).get("alternatives"))
        .hasSize(3);
    call("addAlternatives", twice, "{\"agents\":[\"nobody\"]}", 400);
    assertThat(call("listAlternatives", Map.of(), null, 200)).hasSize(1);
    assertThat(call("getAlternatives", twice, null, 200).get("state").asText())
        .isEqualTo("working");
    call("getAlternatives", Map.of("id", "T-1"), null, 409);
    call("undoChoice", twice, "{}", 409);
    call("chooseAlternative", Map.of("id", "C-2"), "{}", 409);
    call("cancelTask", twice, null, 200);
    call("importPlan", Map.of(), Json.write(Map.of("name", "p.yaml", "text", PLAN)), 200);
  }

  private void steerChanges() throws Exception {
    var head = call("getChange", Map.of("id", "C-2"), null, 200).get("head").asText();
    call("approveChange", Map.of("id", "C-2"), "{\"head\":\"0000\"}", 409);
    assertThat(call("getReading", Map.of("id", "C-2"), null, 200).get("files")).hasSize(1);
    assertThat(call("markSeen", Map.of("id", "C-2"), "{}", 200).get("unseen").asInt()).isZero();
    call("markSeen", Map.of("id", "C-2"), "{\"files\":[\"none.txt\"]}", 404);
    assertThat(call("markUnseen", Map.of("id", "C-2"), "{}", 200).get("seen").asInt()).isZero();
    call("noteReading", Map.of("id", "C-2"), Json.write(Map.of("head", head, "seconds", 8)), 200);
    call("noteReading", Map.of("id", "C-2"), Json.write(Map.of("head", head, "seconds", -1)), 400);
    assertThat(call("getReadings", Map.of(), null, 200).get("changes")).isNotEmpty();
    String let = "{\"code\":\"%s\",\"because\":\"It is a note.\"}";
    call(
        "commentChange",
        Map.of("id", "C-2"),
        "{\"text\":\"Why?\",\"file\":\"made-T-2.txt\",\"line\":1}",
        200);
    call("commentChange", Map.of("id", "C-2"), "{\"text\":\" \"}", 400);
    call("resolveComment", Map.of("id", "C-2"), "{\"comment\":1}", 200);
    call("resolveComment", Map.of("id", "C-2"), "{\"comment\":99}", 404);
    call("unresolveComment", Map.of("id", "C-2"), "{\"comment\":1}", 200);
    call("returnAdvice", Map.of("id", "C-2"), "{}", 400);
    String risk = "{\"section\":\"risk\",\"text\":\"None.\"}";
    call("describeChange", Map.of("id", "C-2"), risk, 200);
    call("describeChange", Map.of("id", "C-2"), "{\"section\":\"luck\",\"text\":\"x\"}", 400);
    call("clearObstacle", Map.of("id", "C-2"), let.formatted("none"), 404);
    call("clearObstacle", Map.of("id", "C-2"), let.formatted("unchecked"), 200);
    call("unclearObstacle", Map.of("id", "C-2"), "{\"code\":\"unchecked\"}", 200);
    call("unclearObstacle", Map.of("id", "C-2"), "{\"code\":\"unchecked\"}", 409);
    call("previewSplit", Map.of("id", "C-2", "by", "commit"), null, 400);
    call("splitChange", Map.of("id", "C-2"), "{\"by\":\"directory\"}", 400);
    call("joinChange", Map.of("id", "C-2"), null, 409);
    call("approveChange", Map.of("id", "C-2"), "{\"head\":\"" + head + "\"}", 200);
    call("returnChange", Map.of("id", "C-3"), "{\"comment\":\"Again.\"}", 200);
    call("closeChange", Map.of("id", "C-4"), "{}", 200);
    call("freezeQueue", Map.of(), "{\"reason\":\" \"}", 400);
    call("freezeQueue", Map.of(), "{\"reason\":\"a release\"}", 200);
    assertThat(call("getQueue", Map.of(), null, 200).get("freezes")).hasSize(1);
    call("unfreezeQueue", Map.of(), "{}", 200);
    call("mergeFirst", Map.of("id", "C-1"), "{}", 409);
    call("listBatches", Map.of("limit", "5"), null, 200);
    call("mergeChange", Map.of("id", "C-5"), null, 200);
    assertThat(call("listMerges", Map.of("limit", "1"), null, 200)).hasSize(1);
    call("listForecasts", Map.of(), null, 200);
    assertThat(call("getGithub", Map.of(), null, 200).get("reach").asText()).isEqualTo("unlinked");
    assertThat(call("listPullRequests", Map.of(), null, 200)).isEmpty();
    call("linkGithub", Map.of(), "{}", 404);
    call("unlinkGithub", Map.of(), null, 404);
    call("syncGithub", Map.of(), null, 404);
    call("receiveGithubWebhook", Map.of(), "{}", 404);
    assertThat(call("getGateway", Map.of(), null, 200).get("on").asBoolean()).isFalse();
    assertThat(call("getFigures", Map.of("days", "7"), null, 200).at("/figures/0/unknown").asLong())
        .isPositive();
    call("getFigures", Map.of("days", "400"), null, 400);
    var counted = call("getFigureRows", Map.of("figure", "velocity", "limit", "1"), null, 200);
    assertThat(counted.at("/rows/0/change").asText()).startsWith("C-");
    call("getFigureRows", Map.of("figure", "beauty"), null, 404);
    assertThat(call("getChangeHolders", Map.of("id", "C-2"), null, 200).get("held")).isNotEmpty();
    call("getChangeHolders", Map.of("id", "C-99"), null, 404);
    call("revertChange", Map.of("id", "C-1"), "{\"reason\":\"too early\"}", 200);
    call("decide", Map.of("id", "D-1"), "{\"option\":\"a\"}", 200);
  }

  private void steerTheRest() throws Exception {
    call("pauseAgent", Map.of("id", "maker"), null, 200);
    call("resumeAgent", Map.of("id", "maker"), null, 200);
    call("sayToAgent", Map.of("id", "maker"), "{\"text\":\"Hello\"}", 400);
    call("stopAgent", Map.of("id", "maker"), null, 200);
    call("setPermission", Map.of(), "{\"tool\":\"bash\",\"what\":\"ls *\",\"allow\":true}", 200);
    String rule = call("listPermissions", Map.of(), null, 200).get(0).get("id").asText();
    call("getPermission", Map.of("id", rule), null, 200);
    call("removePermission", Map.of("id", rule), null, 200);
    call("getPermission", Map.of("id", rule), null, 404);
    assertThat(call("listObjectives", Map.of(), null, 200)).isEmpty();
    var absent = Map.of("id", "api");
    call("getObjectiveHistory", absent, null, 404);
    call("getObjectiveSpent", absent, null, 404);
    call("explainObjective", absent, null, 404);
    call("replayObjective", absent, "{}", 404);
    String definition = "{\"changes\":{\"indicator\":{\"bad\":\"a{b=\\\"c\\\"}\",\"total\":\"a\"}";
    call("replayObjective", absent, definition + ",\"target\":\"99%\"},\"from\":\"7d\"}", 200);
    call("replayObjective", absent, definition + ",\"target\":\"100%\"}}", 400);
    var openSlo = new java.util.HashMap<String, Object>(Map.of("text", OPEN_SLO));
    var found = call("previewObjectiveImport", Map.of(), Json.write(openSlo), 200);
    assertThat(found.at("/taken/0/state").asText()).isEqualTo("new");
    openSlo.put("digest", "stale");
    call("importObjectives", Map.of(), Json.write(openSlo), 409);
    openSlo.put("digest", found.at("/preview/digest").asText());
    var imported = call("importObjectives", Map.of(), Json.write(openSlo), 200);
    openSlo.put("digest", imported.path("digest").asText());
    openSlo.put("text", "a: 1");
    call("importObjectives", Map.of(), Json.write(openSlo), 400);
    assertThat(call("exportObjectives", Map.of("format", "openslo"), null, 200).get("text"))
        .asString()
        .contains("openslo/v1", "name: imported");
    assertThat(refused("exportObjectives", Map.of("format", "csv"))).isEqualTo("bad-parameter");
    assertThat(refused("exportObjectives", Map.of())).isEqualTo("bad-parameter");
    assertThat(call("listAlerts", Map.of("limit", "5"), null, 200)).isEmpty();
    String wanted = "{\"matchers\":\"objective=\\\"api\\\"\",\"seconds\":60,\"comment\":\"moves\"}";
    String silence = call("silenceAlerts", Map.of(), wanted, 200).get("id").asText();
    assertThat(call("listSilences", Map.of(), null, 200)).hasSize(1);
    call("endSilence", Map.of("id", silence), null, 200);
    assertThat(call("listRules", Map.of(), null, 200)).isEmpty();
    assertThat(call("listPolicyActs", Map.of(), null, 200)).isEmpty();
    call("liftPolicy", Map.of("id", "api"), "{\"seconds\":60,\"comment\":\"moves\"}", 404);
    call("resumePolicy", Map.of("id", "api"), null, 404);
    String sample = "{\"metric_id\":\"requests_total\",\"metric_type\":\"counter\",\"value\":12}";
    call("pushMetrics", Map.of(), "[" + sample + "]", 200);
    call("pushMetrics", Map.of(), sample.replace("12", "-1"), 400);
    metrics();
    services();
    rollouts();
    steerNotifications();
    String kept = call("listKept", Map.of(), null, 200).get(0).get("id").asText();
    call("restoreKept", Map.of("id", kept), "{\"branch\":\"back\"}", 200);
    call("reconcile", Map.of(), null, 200);
    call("updateCheckout", Map.of(), null, 200);
    call("fetchRemote", Map.of(), "{}", 404);
    call("pushMain", Map.of(), null, 404);
    Files.delete(repository.resolve("made-T-1.txt"));
    call("repairDrift", Map.of("id", "checkout:" + repository.toRealPath()), null, 200);
    String digest = call("getConfig", Map.of(), null, 200).get("digest").asText();
    String changes = "\"changes\":[{\"at\":\"/agents/maker/parallel\",\"value\":2}]";
    call("previewConfig", Map.of(), "{" + changes + "}", 200);
    call("editConfig", Map.of(), "{\"digest\":\"" + digest + "\"," + changes + "}", 200);
    var config = call("getConfig", Map.of(), null, 200);
    String whole =
        Json.write(
            Map.of(
                "digest", config.get("digest"), "text", config.get("text").asText() + "# done\n"));
    call("writeConfig", Map.of(), whole, 200);
    assertThat(call("proposeConfig", Map.of("run", "true"), null, 200).get("lines")).isNotEmpty();
    call("importAgents", Map.of(), "{\"ids\":[]}", 200);
    call("removeAgents", Map.of(), "{\"names\":[\"nobody\"]}", 200);
    String consent = call("getWorkspace", Map.of(), null, 200).at("/consent/digest").asText();
    call("trustWorkspace", Map.of(), "{\"digest\":\"stale\"}", 409);
    call("trustWorkspace", Map.of(), "{\"digest\":\"" + consent + "\"}", 200);
    call("startHive", Map.of(), "{\"agents\":2}", 200);
    call("runCommand", Map.of(), "{\"type\":\"workspace.pause\"}", 200);
    call("setSecret", Map.of(), "{\"name\":\"shop-token\",\"value\":\"hush-hush\"}", 200);
    assertThat(call("listSecrets", Map.of(), null, 200).at("/0/kept").asBoolean()).isTrue();
  }

  private void services() throws Exception {
    until("/v1/services", "idle", s -> s.path("state").asText().equals("healthy"));
    assertThat(call("listServices", Map.of(), null, 200)).hasSize(1);
    var idle = Map.of("id", "idle");
    assertThat(call("getService", idle, null, 200).at("/instances/0/port").asInt()).isPositive();
    call("getService", Map.of("id", "none"), null, 404);
    call("getHealthyInstance", idle, null, 200);
    assertThat(call("listServiceFigures", Map.of(), null, 200)).isNotEmpty();
    var log = call("getServiceLog", Map.of("id", "idle", "limit", "5"), null, 200);
    assertThat(log.at("/lines/0/text").asText()).contains("begun");
    call("restartService", idle, null, 200);
    assertThat(call("stopService", idle, null, 200).get("wanted").asBoolean()).isFalse();
    assertThat(call("startService", idle, null, 200).get("wanted").asBoolean()).isTrue();
    call("startService", Map.of("id", "none"), null, 404);
    var preview = Map.of("id", "T-1.1");
    call("startPreview", Map.of("id", "none"), null, 404);
    call("stopPreview", preview, null, 404);
    assertThat(call("startPreview", preview, null, 200).get("id").asText())
        .isEqualTo("preview:T-1.1");
    until("/v1/previews", "preview:T-1.1", s -> s.path("wanted").asBoolean());
    assertThat(call("listPreviews", Map.of(), null, 200)).hasSize(1);
    assertThat(call("listSchedules", Map.of(), null, 200)).hasSize(1);
    call("runSchedule", Map.of("id", "none"), null, 404);
    assertThat(call("runSchedule", Map.of("id", "yearly"), null, 200).get("task").asText())
        .startsWith("T-");
    call("stopPreview", preview, null, 200);
    String away = "{\"service\":\"away\",\"instance\":\"a\",\"port\":7000}";
    call("registerService", Map.of(), away, 200);
    call("registerService", Map.of(), away.replace("7000", "70000"), 400);
    call("heartbeatService", Map.of("id", "away"), "{\"instance\":\"a\"}", 200);
    call("heartbeatService", Map.of("id", "away"), "{\"instance\":\"b\"}", 404);
    call("deregisterService", Map.of("id", "away"), "{\"instance\":\"a\"}", 200);
  }

  private void rollouts() throws Exception {
    call("injectFault", Map.of("id", "idle"), "{\"errors\":\"3%\"}", 404);
    call("clearFault", Map.of("id", "idle"), "{}", 404);
    assertThat(call("listRollouts", Map.of(), null, 200)).isEmpty();
    var offer = call("listRolloutOffers", Map.of(), null, 200).get(0);
    assertThat(offer.get("problem").asText()).contains("gateway does not lead to idle");
    var plan = call("planRollout", Map.of("id", "idle", "rate", "600"), null, 200);
    assertThat(plan.at("/0/power").asDouble()).isPositive();
    call("planRollout", Map.of("id", "idle"), null, 409);
    call("planRollout", Map.of("id", "none"), null, 404);
    var none = Map.of("id", "R-1");
    call("getRollout", none, null, 404);
    call("getRolloutFigures", none, null, 404);
    call("listRolloutSamples", none, null, 404);
    call("startRollout", Map.of(), "{\"rollout\":\"idle\",\"canary\":\"v2\"}", 409);
    call("startRollout", Map.of(), "{\"rollout\":\"none\",\"canary\":\"v2\"}", 404);
    call("promoteRollout", none, null, 404);
    call("holdRollout", none, null, 404);
    call("resumeRollout", none, null, 404);
    call("weighRollout", none, "{\"weight\":5}", 404);
    call("abortRollout", none, "{}", 404);
    flags();
  }

  private void flags() throws Exception {
    var id = Map.of("id", "new-checkout");
    assertThat(call("listFlags", Map.of(), null, 200)).hasSize(1);
    assertThat(call("getFlag", id, null, 200).at("/variants/0/weight").asInt()).isEqualTo(20);
    call("getFlag", Map.of("id", "none"), null, 404);
    var set = call("setFlag", id, "{\"weight\":30}", 200);
    assertThat(set.at("/variants/0/weight").asInt()).isEqualTo(30);
    call("setFlag", id, "{\"weight\":130}", 400);
    assertThat(call("killFlag", id, "{}", 200).get("killed").asBoolean()).isTrue();
    call("killFlag", id, "{}", 409);
    assertThat(call("restoreFlag", id, null, 200).get("killed").asBoolean()).isFalse();
  }

  private void metrics() throws Exception {
    assertThat(call("showMetrics", Map.of(), null, 200).asText())
        .contains("hivedeck_attempts_total{agent=\"maker\",outcome=\"succeeded\"}");
    assertThat(call("queryMetrics", Map.of("query", "1 + 1"), null, 200).at("/data/result/1"))
        .isEqualTo(Json.tree("2"));
    call("queryMetrics", Map.of("query", "1 +"), null, 400);
    var range = Map.of("query", "up", "start", "0", "end", "60", "step", "15");
    call("queryMetricsOverRange", range, null, 200);
    call("queryMetricsOverRange", Map.of("query", "up", "start", "soon"), null, 400);
    call("listSeries", Map.of("match[]", "up"), null, 200);
    call("listSeries", Map.of(), null, 400);
    call("listLabels", Map.of(), null, 200);
    call("listLabelValues", Map.of("name", "job"), null, 200);
    call("listTargets", Map.of(), null, 200);
    call("listMetricMetadata", Map.of(), null, 200);
    call("pushOtlpMetrics", Map.of(), "{\"resourceMetrics\":[]}", 415);
  }

  private void steerNotifications() throws Exception {
    String alert =
        "{\"labels\":{\"alertname\":\"DiskFull\"},\"startsAt\":\"2026-01-01T00:00:00Z\"}";
    assertThat(call("postAlerts", Map.of(), "[" + alert + "]", 200).get("alerts").asInt())
        .isEqualTo(1);
    call("postAlerts", Map.of(), "[{\"labels\":{}}]", 400);
    String webhook = "{\"version\":\"4\",\"alerts\":[" + alert + "]}";
    call("receiveWebhook", Map.of(), webhook, 200);
    call("receiveAlerts", Map.of(), "{\"source\":\"nagios\",\"alerts\":[]}", 200);
    var alerts = call("listAlerts", Map.of("limit", "5"), null, 200);
    assertThat(alerts).hasSize(1);
    var known = Map.of("id", alerts.get(0).get("id").asText());
    assertThat(call("acknowledgeAlert", known, null, 200).get("notices").asInt()).isEqualTo(1);
    assertThat(call("acknowledgeAlert", known, null, 200).get("notices").asInt()).isZero();
    call("acknowledgeAlert", Map.of("id", "0123456789abcdef"), null, 404);
    var notice = call("listNotices", Map.of(), null, 200).get(0).get("id").asText();
    call("getNotice", Map.of("id", notice), null, 200);
    call("readNotice", Map.of("id", notice), null, 200);
    call("readNotices", Map.of(), null, 200);
    var sent = call("listNotifications", Map.of("state", "sent"), null, 200);
    assertThat(sent).isNotEmpty();
    String id = sent.get(0).get("id").asText();
    call("retryNotification", Map.of("id", id), null, 409);
    call("dropNotification", Map.of("id", "99999"), null, 404);
    assertThat(call("listChannels", Map.of(), null, 200)).hasSize(2);
    assertThat(call("testChannel", Map.of("id", "inbox"), null, 200).get("sent").asBoolean())
        .isTrue();
    call("testChannel", Map.of("id", "pager"), null, 404);
  }

  /** What had another path before has it still. */
  private void former() throws Exception {
    call("startHiveFormerly", Map.of(), null, 200);
    call("pauseHiveFormerly", Map.of(), null, 200);
    call("updateCheckoutFormerly", Map.of(), null, 200);
    call("listInstalledAgentsFormerly", Map.of(), null, 200);
    call("listDefinedAgentsFormerly", Map.of(), null, 200);
    call("importAgentsFormerly", Map.of(), "{\"ids\":[]}", 200);
    call("decideFormerly", Map.of("id", "D-9"), "{\"option\":\"a\"}", 404);
    var lessons = call("listLessonsFormerly", Map.of(), null, 200);
    call("getLessonFormerly", Map.of("id", lessons.get(0).get("id").asText()), null, 200);
    String kept = call("listKept", Map.of(), null, 200).get(0).get("id").asText();
    call("restoreKeptFormerly", Map.of(), "{\"id\":\"" + kept + "\",\"branch\":\"again\"}", 200);
    call("dropKept", Map.of(), "{\"ids\":[\"" + kept + "\"]}", 200);
  }

  /** What areas that registered themselves have to get. */
  private void registered() throws Exception {
    for (var area : Registration.all()) {
      for (var route : area.routes()) {
        if (RequestParser.queries().containsKey(route.word()) && !route.path().contains("{id}")) {
          call(route.id(), Map.of(), null, 200);
          if (route.parameters().containsKey("limit")) {
            call(route.id(), Map.of("limit", "1"), null, 200);
            refused(route.id(), Map.of("limit", "0"));
          }
        }
      }
    }
  }

  // ── how it is walked ────────────────────────────────────────────────────────────────────────

  private String refused(String operation, Map<String, String> parameters) throws Exception {
    return call(operation, parameters, null, 400).get("code").asText();
  }

  /** Calls an operation, and holds what comes back to its schema. */
  private JsonNode call(String id, Map<String, String> parameters, String body, int status)
      throws Exception {
    called.add(id);
    for (var path : document.get("paths").properties()) {
      for (var operation : path.getValue().properties()) {
        if (operation.getValue().path("operationId").asText().equals(id)) {
          return call(
              path.getKey(), operation.getKey(), operation.getValue(), parameters, body, status);
        }
      }
    }
    throw new AssertionError("no operation " + id);
  }

  private JsonNode call(
      String path,
      String method,
      JsonNode operation,
      Map<String, String> parameters,
      String body,
      int status)
      throws Exception {
    String at = path;
    var query = new StringBuilder();
    for (var parameter : parameters.entrySet()) {
      String value = URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8);
      if (at.contains("{" + parameter.getKey() + "}")) {
        at = at.replace("{" + parameter.getKey() + "}", value);
      } else {
        query
            .append(query.isEmpty() ? '?' : '&')
            .append(parameter.getKey())
            .append('=')
            .append(value);
      }
    }
    var answer = send(method.toUpperCase(), at + query, body);
    String name = operation.path("operationId").asText();
    assertThat(answer.statusCode()).as("%s: %s", name, answer.body()).isEqualTo(status);
    var responses = operation.get("responses");
    var response = responses.path(String.valueOf(status));
    var content =
        (response.isMissingNode() ? document.at("/components/responses/Refused") : response)
            .path("content");
    if (!content.has("application/json")) {
      return Json.tree(answer.body());
    }
    var json = Json.read(answer.body(), JsonNode.class);
    var schema = content.at("/application~1json/schema").<ObjectNode>deepCopy();
    schema.set("components", strict(document.get("components").deepCopy()));
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema.toString(), InputFormat.JSON)
                .validate(answer.body(), InputFormat.JSON))
        .as("%s: %s", name, answer.body())
        .isEmpty();
    return json;
  }

  /** No field comes that the document does not name. */
  private static JsonNode strict(JsonNode components) {
    for (JsonNode schema : components.get("schemas")) {
      if (schema.has("properties") && !schema.has("additionalProperties")) {
        ((ObjectNode) schema).put("additionalProperties", false);
      }
    }
    return components;
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(engine.endpoint().api() + path))
            .header("Authorization", "Bearer " + engine.endpoint().token())
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String get(String path) throws Exception {
    return send("GET", path, null).body();
  }

  private void until(String list, String id, Predicate<JsonNode> wanted) throws Exception {
    var end = Instant.now().plus(Duration.ofSeconds(60));
    String last = "";
    while (Instant.now().isBefore(end)) {
      last = get(list);
      for (JsonNode thing : Json.read(last, JsonNode.class)) {
        if (thing.path("id").asText().equals(id) && wanted.test(thing)) {
          return;
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError(id + " never came: " + last);
  }
}
