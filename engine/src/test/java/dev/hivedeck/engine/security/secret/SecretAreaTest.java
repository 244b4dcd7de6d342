package dev.hivedeck.engine.security.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.api.AttemptApi;
import dev.hivedeck.engine.api.Authenticator.Caller;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.audit.AuditQuery;
import dev.hivedeck.engine.protocol.secret.Secret;
import dev.hivedeck.engine.protocol.secret.SecretCommand.SetSecret;
import dev.hivedeck.engine.protocol.secret.SecretQuery;
import dev.hivedeck.engine.security.SecretStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client sets a secret: it is kept where the command line keeps it, and stands nowhere else. */
class SecretAreaTest {
  private static final String VALUE = "s3same-open-the-door";

  @TempDir Path folder;

  private TestRepository repository() {
    var repository = new TestRepository(folder);
    repository.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        notify:
          channels:
            ops: { type: webhook, url: "https://ops.example.org/hook", sign: secret:ops-key }
            chat: { type: slack, url: secret:chat-url }
        metrics:
          scrape:
            - { name: shop, url: "https://shop.example.org/metrics", bearer: secret:ops-key }
          otlp: { endpoint: "http://localhost:4318", headers: { x-key: env:OTLP_KEY } }
        """);
    repository.commit("Channels");
    return repository;
  }

  private static List<Secret> secrets(EngineApi engine) {
    var all = new ArrayList<Secret>();
    engine.query(new SecretQuery.Secrets()).forEach(s -> all.add(Json.as(s, Secret.class)));
    return all;
  }

  @Test
  void whatIsNamedAndMissingIsListedUntilItIsSet() {
    var repository = repository();
    try (Engine engine = repository.open()) {
      assertThat(secrets(engine))
          .containsExactly(
              new Secret("chat-url", false, SecretStore.ENCRYPTED, List.of("channel chat")),
              new Secret(
                  "ops-key", false, SecretStore.ENCRYPTED, List.of("channel ops", "scrape shop")));
      var answer = engine.execute(new SetSecret("ops-key", VALUE), null);
      assertThat(Json.as(answer, Secret.class)).isEqualTo(secrets(engine).getLast());
      assertThat(secrets(engine)).extracting(Secret::kept).containsExactly(false, true);
      assertThat(store(repository).get("ops-key")).contains(VALUE);
    }
  }

  @Test
  void itsValueStandsInNoAuditEventDatabaseLogOrAnswer() throws IOException {
    var repository = repository();
    try (Engine engine = repository.open()) {
      var heard = new CopyOnWriteArrayList<Event>();
      var subscription = engine.subscribe(0, heard::addAll);
      engine.execute(new SetSecret("ops-key", VALUE), "c-1", "k-1");
      engine.execute(new SetSecret("ops-key", VALUE), "c-1", "k-1");
      assertThatThrownBy(() -> engine.execute(new SetSecret("no name", VALUE), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("bad-name"))
          .hasMessageNotContaining(VALUE);
      engine.query(new Query.Summary());
      subscription.close();
      String audit = Json.write(engine.query(new AuditQuery.Entries(null, null, 0)));
      assertThat(audit).contains("secret.set", "ops-key", "•••").doesNotContain(VALUE);
      assertThat(Json.write(heard)).doesNotContain(VALUE);
      assertThat(new SetSecret("ops-key", VALUE).toString()).doesNotContain(VALUE);
    }
    try (var files = Files.walk(repository.home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(VALUE);
      }
    }
  }

  @Test
  void whatCannotBeASecretIsRefused() {
    try (Engine engine = repository().open()) {
      assertThatThrownBy(() -> engine.execute(new SetSecret("chat-url", ""), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("secret-unfit"));
      assertThat(secrets(engine)).noneMatch(Secret::kept);
    }
  }

  @Test
  void anAgentNeitherSetsNorListsThem() {
    try (Engine engine = repository().open()) {
      var attempt = AttemptApi.of(engine, Caller.attempt("T-1.1"));
      for (Runnable call :
          List.<Runnable>of(
              () -> attempt.query(new SecretQuery.Secrets()),
              () -> attempt.execute(new SetSecret("ops-key", VALUE), null))) {
        assertThatThrownBy(call::run)
            .isInstanceOfSatisfying(
                HiveException.class, e -> assertThat(e.code()).isEqualTo("not-allowed"));
      }
    }
  }

  private static SecretStore store(TestRepository repository) {
    return new SecretStore(
        new HivedeckHome(repository.home)
            .workspaceFolder(RepositoryPlaces.locate(repository.repository).root()));
  }
}
