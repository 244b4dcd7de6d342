package dev.hivedeck.engine.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
  private static final String HEX64 = "0123456789abcdef".repeat(4);
  private static final String LONG = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0".repeat(5);

  /** A token of each rule of Gitleaks that is named here; where the rules are, they say so too. */
  private static final Map<String, String> SAMPLES =
      Map.ofEntries(
          Map.entry("aws-access-token", "ASIAQ7ZNN4XYLMPT2RKD"),
          Map.entry("github-pat", "ghp_" + LONG.substring(0, 36)),
          Map.entry("github-oauth", "gho_" + LONG.substring(0, 36)),
          Map.entry("github-app-token", "ghs_" + LONG.substring(0, 36)),
          Map.entry("github-refresh-token", "ghr_" + LONG.substring(0, 36)),
          Map.entry("github-fine-grained-pat", "github_pat_" + LONG.substring(0, 82)),
          Map.entry("gitlab-pat", "glpat-" + LONG.substring(0, 20)),
          Map.entry("gitlab-deploy-token", "gldt-" + LONG.substring(0, 20)),
          Map.entry("gitlab-runner-authentication-token", "glrt-" + LONG.substring(0, 20)),
          Map.entry("gitlab-ptt", "glptt-" + HEX64.substring(0, 40)),
          Map.entry("slack-bot-token", "xoxb-123456789012-123456789012-" + LONG.substring(0, 24)),
          Map.entry("slack-app-token", "xapp-1-A0123456789-1234567890123-" + HEX64),
          Map.entry(
              "slack-webhook-url",
              "https://hooks.slack.com/services/T01234567/B01234567/" + LONG.substring(0, 24)),
          Map.entry("stripe-access-token", "sk_live_" + LONG.substring(0, 24)),
          Map.entry("npm-access-token", "npm_" + LONG.substring(0, 36).toLowerCase()),
          Map.entry("huggingface-access-token", "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"),
          Map.entry("pypi-upload-token", "pypi-AgEIcHlwaS5vcmc" + LONG.substring(0, 60)),
          Map.entry("sendgrid-api-token", "SG." + LONG.substring(0, 66)),
          Map.entry("gcp-api-key", "AIza" + LONG.substring(0, 35)),
          Map.entry("digitalocean-pat", "dop_v1_" + HEX64),
          Map.entry("shopify-access-token", "shpat_" + HEX64.substring(0, 32)),
          Map.entry("databricks-api-token", "dapi" + HEX64.substring(0, 32)),
          Map.entry("grafana-service-account-token", "glsa_" + LONG.substring(0, 32) + "_0a1b2c3d"),
          Map.entry("vault-service-token", "hvs." + LONG.substring(0, 95)),
          Map.entry("rubygems-api-token", "rubygems_" + HEX64.substring(0, 48)),
          Map.entry(
              "postman-api-token", "PMAK-" + HEX64.substring(0, 24) + "-" + HEX64.substring(0, 34)),
          Map.entry("new-relic-user-api-key", "NRAK-A0B1C2D3E4F5G6H7I8J9K0L1M2N"),
          Map.entry("anthropic-api-key", "sk-ant-api03-" + LONG.substring(0, 93) + "AA"),
          Map.entry("azure-ad-client-secret", "abc7Q~" + LONG.substring(0, 31) + "xyz"),
          Map.entry("twilio-api-key", "SK" + HEX64.substring(0, 32)),
          Map.entry("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlc2ln"),
          Map.entry("square-access-token", "EAAA" + LONG.substring(0, 60)),
          Map.entry(
              "age-secret-key",
              "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE"));

  private final Redactor redactor = new Redactor(Set.of());

  @Test
  void tokensOfKnownShapeAreMaskedWhereverTheyStand() {
    SAMPLES.forEach(
        (rule, token) -> {
          String tail = token.substring(token.length() - 12);
          for (String around :
              List.of(
                  "%s",
                  "see %s, then",
                  "\"%s\"",
                  "{\"a\":\"x\\n%s\\ty\"}",
                  "KEY=%s",
                  "k%%3D%s",
                  "a\\u003d%s",
                  "\\u001b[31m%s\\u001b[0m",
                  "[36m%s[0m",
                  "<%s>",
                  "-%s",
                  "'--x=%s'")) {
            String text = String.format(around, token);
            assertThat(redactor.redact(text)).as(rule + " in " + text).doesNotContain(tail);
          }
        });
  }

  @Test
  void theSamplesAreWhatGitleaksLooksFor() throws Exception {
    Path rules =
        Path.of(System.getProperty("hivedeck.fixtures", "../../shared/fixtures"))
            .resolve("secrets/gitleaks.toml");
    assumeTrue(Files.exists(rules), "the rules of Gitleaks are not here");
    String text = Files.readString(rules);
    SAMPLES.forEach(
        (rule, token) -> {
          var at =
              Pattern.compile(
                      "id = \"" + Pattern.quote(rule) + "\"[\\s\\S]*?regex = '''([\\s\\S]*?)'''")
                  .matcher(text);
          assertThat(at.find()).as(rule).isTrue();
          String java = at.group(1).replace("(?P<", "(?<");
          assertThat(Pattern.compile(java).matcher("new_relic = " + token + "\n").find())
              .as(rule + ": " + java)
              .isTrue();
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY|wJalr",
        "\"aws_secret_access_key\": \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"|wJalr",
        "{\\\"secretAccessKey\\\":\\\"wJalrXUtnFEMI\\/K7MDENG\\/bPxRfiCYEXAMPLEKEY\\\"}|wJalr",
        "authorization: basic dXNlcjpodW50ZXIyaHVudGVyMg==|dXNlc",
        "\"Authorization\": \"Basic dXNlcjpodW50ZXIyaHVudGVyMg==\"|dXNlc",
        "Authorization: Bearer abcdefghijklmnop|abcdefgh",
        "authorization: token 0123456789abcdef01|0123456789",
        "postgres://shop:hunter2@db.example.org/shop|hunter2",
        "https://x-access-token:abc123def@github.com/a/b.git|abc123def",
        "redis://:p4ss@word@cache:6379|p4ss",
        "https://0123456789abcdef0123@github.com/a/b|0123456789",
        "AccountName=shop;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq==;|Eby8",
        "?sv=2022&sig=abc123def456ghi789jkl012mno345pqr678stu901%3D|abc123",
        "DB_PASSWORD=hunter2hunter2|hunter2",
        "export DB_PASS='hunter2-hunter2'|hunter2",
        "clientSecret: 'a1b2c3d4e5f6'|a1b2c3",
        "api-key => \"0a1b2c3d4e5f\"|0a1b2c",
        "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx|AAHdqT",
      })
  void secretsAreMaskedByWhatStandsBesideThem(String example) {
    int bar = example.lastIndexOf('|');
    String text = example.substring(0, bar);
    assertThat(redactor.redact(text)).contains("•••").doesNotContain(example.substring(bar + 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 (HEAD -> main)",
        "index 83db48f..bf269f4 100644",
        "id 6ba7b810-9dad-11d1-80b4-00c04fd430c8 of session 01890a5d-ac96-774b-bcce-b302099a8057",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "integrity sha512-4mE9XVpN9w5s4R5kYp0b3Gz1bq0N9n3d4QzL3Ck5fYp7b0mY0s3y1g==",
        "basic authentication is off, bearer authentication is on; Basic usage:",
        "The bearer of this ring, basic knowledge123 needed",
        "String token = oauth2Client.token();",
        "password = config.readPassword2(prompt2)",
        "tokens: 12000 in, max_tokens=4096, token_count: 8123",
        "PWD=/home/me/work2/project42",
        "PublicKeyToken=b77a5c561934e089",
        "secret: \"${env.SECRET_1234}\" and token: $TOKEN_12345",
        "task-1 risk-assessment-of-the-payment-flow; see https://example.org:8080/a@b",
        "ssh://git@github.com/me/repo.git and https://example.org/@scope/pkg",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY----- is how a key begins",
        "eyJ is how a token begins; eyJhbGciOiJIUzI1NiJ9 alone is none",
        "node_modules/sk-x, mask-all-of-them, desk_live_view",
        "expected: <AKIA> but was: <ASIA123>",
      })
  void ordinaryTextStays(String text) {
    assertThat(redactor.redact(text)).isEqualTo(text);
  }

  @Test
  void aPrivateKeyIsMaskedWhole() {
    String key =
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,0123456789ABCDEF

        MIIEvQIBADANBgkqhkiG9w0BAQEFAASC
        kgSkAgEAAoIBAQC7
        -----END RSA PRIVATE KEY-----
        """;
    String masked = redactor.redact("before\n" + key + "after one\n");
    assertThat(masked)
        .startsWith("before\n-----BEGIN RSA PRIVATE KEY-----\n•••")
        .endsWith("-----END RSA PRIVATE KEY-----\nafter one\n")
        .doesNotContain("MIIE", "kgSk", "DEK");
    // In JSON, and with its end cut off.
    String line = "{\"out\":\"" + key.replace("\n", "\\n") + "\",\"x\":1}";
    assertThat(redactor.redact(line)).doesNotContain("MIIE", "kgSk").endsWith("\",\"x\":1}");
    String cut = "{\"out\":\"-----BEGIN PRIVATE KEY-----\\nMIIEvQIB\\nkgSk\",\"x\":1}";
    assertThat(redactor.redact(cut)).doesNotContain("MIIE", "kgSk").endsWith("\",\"x\":1}");
  }

  @Test
  void aPrivateKeyIsMaskedLineByLine() {
    var stream = redactor.stream();
    var lines =
        List.of(
            "-----BEGIN OPENSSH PRIVATE KEY-----",
            "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
            "",
            "AAAAB3NzaC1yc2E=",
            "-----END OPENSSH PRIVATE KEY-----",
            "plain after");
    var masked = lines.stream().map(stream).toList();
    assertThat(String.join("\n", masked)).doesNotContain("b3Bl", "AAAA").endsWith("\nplain after");
    // Who only speaks of a key does not have his words masked.
    var speech = redactor.stream();
    speech.apply("-----BEGIN PRIVATE KEY-----");
    assertThat(speech.apply("that is how it begins, he said")).startsWith("that is");
    assertThat(speech.apply("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC")).startsWith("MIIE");
  }

  @Test
  void knownValuesAreMaskedInEveryForm() {
    String value = "p\"ss/wörd+1 x=\\9";
    var knowing = new Redactor(Set.of(value, "hunter22", "ab"));
    var base64 = Base64.getEncoder();
    for (String before : List.of("", "m", "me:", "user:")) {
      String coded = base64.encodeToString((before + value).getBytes(StandardCharsets.UTF_8));
      assertThat(knowing.redact("X-Auth " + coded)).contains("•••").doesNotContain(coded);
    }
    assertThat(knowing.redact("a " + value + " b")).isEqualTo("a ••• b");
    assertThat(knowing.redact("{\"k\":\"p\\\"ss/wörd+1 x=\\\\9\"}")).isEqualTo("{\"k\":\"•••\"}");
    assertThat(knowing.redact("q=p%22ss%2Fw%C3%B6rd%2B1+x%3D%5C9&")).isEqualTo("q=•••&");
    assertThat(knowing.redact("hunter22hunter22 ab")).isEqualTo("•••••• ab");
  }

  /** As json.dumps, JSON.stringify, encodeURIComponent and others write it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "p\\u00e4ss/<w>&'\\\"9~",
        "p\\u00E4ss/<w>&'\\\"9~",
        "päss\\/<w>&'\\\"9~",
        "p\\u00e4ss\\/<w>&'\\\"9~",
        "p\\u00e4ss/\\u003cw\\u003e\\u0026'\\\"9~",
        "päss/\\u003cw\\u003e\\u0026\\u0027\\\"9~",
        "p\\\\u00e4ss/<w>&'\\\\\\\"9~",
        "päss/<w>&'\\\\\\\"9~",
        "p%C3%A4ss%2F%3Cw%3E%26%27%229%7E",
        "p%c3%a4ss%2f%3cw%3e%26%27%229%7e",
        "p%C3%A4ss%2F%3Cw%3E%26'%229~",
        "p%C3%A4ss/%3Cw%3E%26%27%229~",
        "p%c3%a4ss/%3cw%3e%26%27%229~",
        "päss/&lt;w&gt;&amp;&#39;&quot;9~",
        "70c3a473732f3c773e262722397e",
      })
  void aKnownValueIsMaskedHoweverItIsWritten(String written) {
    var knowing = new Redactor(Set.of("päss/<w>&'\"9~"));
    assertThat(knowing.redact("k=" + written + ";")).isEqualTo("k=•••;");
  }

  @Test
  void aValueOfSeveralShortLinesIsMasked() {
    String value = "bob-admin\nS3cr3tPw99\nhunterpass";
    var knowing = new Redactor(Set.of(value));
    for (String margin : List.of("", "  ", "\t")) {
      var stream = knowing.stream();
      assertThat(value.lines().map(line -> stream.apply(margin + line)).toList())
          .allSatisfy(line -> assertThat(line.strip()).isEqualTo("•••"));
      assertThat(stream.apply("done")).isEqualTo("done");
    }
    for (String between : List.of("\n", "\r\n", "\n    ", "\\n")) {
      assertThat(knowing.redact("is\n" + value.replace("\n", between) + "\nok"))
          .isEqualTo("is\n•••\nok");
    }
    assertThat(knowing.redact("only S3cr3tPw99, a hunterpass")).isEqualTo("only •••, a hunterpass");
    String coded =
        Base64.getMimeEncoder(16, "\n".getBytes(StandardCharsets.UTF_8))
            .encodeToString(value.getBytes(StandardCharsets.UTF_8));
    assertThat(knowing.redact(coded)).doesNotContain(coded.substring(4, 16));
  }

  @Test
  void whatIsLeftOfAKnownValueAtACutIsMasked() {
    String value = "correct-horse-battery-staple";
    var knowing = new Redactor(Set.of(value));
    assertThat(knowing.redact("say correct-horse-bat")).isEqualTo("say •••");
    assertThat(knowing.redact("say correct-horse-bat… (90 more bytes)"))
        .isEqualTo("say •••… (90 more bytes)");
    assertThat(knowing.redact("say correct-horse-bat\n… 90 characters left out …\ntery-staple ok"))
        .doesNotContain("horse-bat", "tery-staple")
        .endsWith(" ok");
  }

  /** So much as 8 characters of it at the end of a line are taken for its beginning. */
  @Test
  void aKnownValueIsMaskedOverLines() {
    String value = "Zq7XkW93mVtR5pLsY2bN8cHd";
    var knowing = new Redactor(Set.of(value));
    for (int parts = 2; parts <= 3; parts++) {
      var stream = knowing.stream();
      var masked = new StringBuilder();
      int length = value.length() / parts;
      for (int i = 0; i < parts; i++) {
        String before = i == 0 ? "is " : "";
        String after = i == parts - 1 ? " ok" : "";
        masked.append(stream.apply(before + value.substring(i * length, (i + 1) * length) + after));
      }
      assertThat(masked.toString()).isEqualTo("is " + "•••".repeat(parts) + " ok");
    }
    // What only begins alike goes on as it is.
    var stream = knowing.stream();
    assertThat(stream.apply("Zq7XkW93 and")).isEqualTo("Zq7XkW93 and");
    assertThat(stream.apply("mVtR5pLsY2bN8cHd")).isEqualTo("mVtR5pLsY2bN8cHd");
  }

  @Test
  void valuesThatBecomeKnownAreMaskedFromThenOn() {
    var values = new SecretValues();
    var knowing = new Redactor(values::all);
    assertThat(knowing.redact("tic-tac-toe")).isEqualTo("tic-tac-toe");
    values.hold("T-1.1", Set.of("tic-tac-toe"));
    values.add(List.of("lasting-value"));
    assertThat(knowing.redact("tic-tac-toe lasting-value")).isEqualTo("••• •••");
    values.forget("T-1.1");
    assertThat(knowing.redact("tic-tac-toe lasting-value")).isEqualTo("tic-tac-toe •••");
  }

  /** Texts made to be read again and again: each may be looked at a few times, not its square. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-eyJaaaaaaaaaaaa",
        "eyJaaaaaaaaaaaa.",
        "-eyJaaaaaaaaaaaa.bbbb",
        "sk-",
        "-sk",
        "ghp_",
        "token=",
        "token=token:",
        "password=\"",
        "password='x ",
        "authorization: ",
        "basic ",
        "basic a",
        "bearer ",
        "a://",
        "://a:",
        "://a@:",
        "x7Q~",
        "12345678:AA",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n",
        "-----END ",
        "AKIA",
        "\\u003d",
        "[31m",
        "aaaaaaaaab",
        "hunter22-hunter2",
        "… ",
        "a",
        "=",
        ":",
        ".",
        "\\",
      })
  void maskingTakesTimeInProportionToTheText(String part) {
    var knowing = new Redactor(Set.of("aaaaaaaaaaaaaaaaaaaaaaab", "hunter22-hunter22-hunter23"));
    long once = steps(knowing, part.repeat(20_000 / part.length()));
    long tenfold = steps(knowing, part.repeat(200_000 / part.length()));
    assertThat(tenfold).isLessThan(14 * Math.max(once, 20_000));
    assertThat(tenfold).isLessThan(200L * 200_000);
  }

  private static long steps(Redactor redactor, String text) {
    var counting = new Counting(text);
    redactor.count(counting);
    return counting.steps;
  }

  /** Counts how often it is looked at. */
  private static final class Counting implements CharSequence {
    private final String text;
    private long steps;

    Counting(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      steps++;
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      steps += end - start;
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      steps += text.length();
      return text;
    }
  }
}
