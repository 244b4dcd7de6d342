package dev.hivedeck.engine.security;

import dev.hivedeck.engine.security.Redactor.Span;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Finds tokens and keys by their shape. Patterns of regular expressions would start anew at each
 * place where a token could begin, which takes the square of the length for texts made for it; here
 * what was read in vain is either short or not read again.
 */
final class SecretShapes {
  static final Chars BASE64 = Chars.of("A-Z", "a-z", "0-9", "+/=");
  private static final Chars WORD = Chars.of("A-Z", "a-z", "0-9", "_");
  private static final Chars ALNUM = Chars.of("A-Z", "a-z", "0-9");
  private static final Chars UPPER = Chars.of("A-Z", "0-9");
  private static final Chars HEX = Chars.of("0-9", "a-f", "A-F");
  private static final Chars URL64 = Chars.of("A-Z", "a-z", "0-9", "_-");
  private static final Chars DOTTED = Chars.of("A-Z", "a-z", "0-9", "-_.");
  private static final Chars PATH = Chars.of("A-Z", "a-z", "0-9", "-_/");
  private static final Chars BEARER = Chars.of("A-Z", "a-z", "0-9", "._~+/=-");

  /** Without what ends a value somewhere: blanks, quotes, brackets, separators. */
  private static final Chars VALUE = Chars.of("A-Z", "a-z", "0-9", "_-.+/~!@#$%^*?");

  /** What the name of a secret ends with, in small letters without separators. */
  private static final List<String> NAMES =
      List.of(
          "secret",
          "token",
          "password",
          "passwd",
          "passphrase",
          "pwd",
          "apikey",
          "accesskey",
          "accesskeyid",
          "secretkey",
          "privatekey",
          "authkey",
          "accountkey",
          "sharedkey",
          "signingkey",
          "encryptionkey",
          "masterkey",
          "deploykey",
          "subscriptionkey",
          "licensekey",
          "credential",
          "credentials",
          "amzsignature",
          "authorization");

  private static final int LONGEST_NAME = 48;
  private static final int LONGEST_USER = 1_024;
  private static final int LONGEST_QUOTED = 512;

  /**
   * @param prefix what it begins with
   * @param body what follows
   * @param least how much of that, at least
   * @param most how much at most; 0 for no limit
   */
  private record Shape(String prefix, Chars body, int least, int most) {}

  private static final List<Shape> SHAPES = new ArrayList<>();
  private static final Shape[][] BY_FIRST = new Shape[128][];

  private static void shape(Chars body, int least, int most, String... prefixes) {
    for (String prefix : prefixes) {
      SHAPES.add(new Shape(prefix, body, least, most));
    }
  }

  static {
    // Hivedeck, GitHub, GitLab
    shape(URL64, 32, 32, TokenStore.PREFIX);
    shape(ALNUM, 20, 0, "ghp_", "gho_", "ghu_", "ghs_", "ghr_");
    shape(WORD, 20, 0, "github_pat_");
    shape(DOTTED, 20, 0, "glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glsoat-", "glimt-");
    shape(DOTTED, 20, 0, "glcbt-", "glagent-", "gloas-", "glffct-", "GR1348941");
    // models: OpenAI, Anthropic, Groq, xAI, Hugging Face, Replicate, Perplexity, NVIDIA
    shape(URL64, 16, 0, "sk-");
    shape(ALNUM, 40, 0, "gsk_", "xai-");
    shape(ALNUM, 30, 0, "hf_", "api_org_", "r8_", "pplx-");
    shape(URL64, 40, 0, "nvapi-");
    // clouds: AWS, Google, DigitalOcean, Databricks, Heroku, Fly, Cloudflare, Azure DevOps
    shape(UPPER, 16, 16, "AKIA", "ASIA", "ABIA", "ACCA");
    shape(URL64, 35, 0, "AIza");
    shape(DOTTED, 20, 0, "ya29.", "GOCSPX-");
    shape(HEX, 64, 64, "dop_v1_", "doo_v1_", "dor_v1_");
    shape(HEX, 32, 34, "dapi");
    shape(URL64, 40, 0, "HRKU-");
    shape(BASE64, 40, 0, "FlyV1 fm1a_", "FlyV1 fm1r_", "FlyV1 fm2_", "fo1_");
    shape(URL64, 100, 0, "v1.0-");
    // payment: Stripe, Square, Shopify, Plaid, EasyPost
    shape(ALNUM, 10, 0, "sk_live_", "sk_test_", "sk_prod_", "rk_live_", "rk_test_", "rk_prod_");
    shape(BASE64, 24, 0, "whsec_");
    shape(URL64, 22, 0, "sq0atp-", "sq0csp-");
    shape(URL64, 55, 0, "EAAA");
    shape(HEX, 32, 0, "shpat_", "shpca_", "shppa_", "shpss_");
    shape(ALNUM, 54, 54, "EZAK", "EZTK");
    // packages: npm, PyPI, RubyGems, Docker, crates.io, NuGet, Clojars
    shape(ALNUM, 30, 0, "npm_");
    shape(URL64, 50, 0, "pypi-");
    shape(HEX, 48, 48, "rubygems_");
    shape(URL64, 24, 0, "dckr_pat_", "dckr_oat_");
    shape(ALNUM, 32, 32, "cio");
    shape(ALNUM, 43, 43, "oy2");
    shape(ALNUM, 60, 60, "CLOJARS_");
    // messages: Slack, SendGrid, Mailgun, Twilio, Brevo, webhooks
    shape(URL64, 10, 0, "xoxa-", "xoxb-", "xoxd-", "xoxe-", "xoxe.xoxp-", "xoxo-", "xoxp-");
    shape(URL64, 10, 0, "xoxr-", "xoxs-", "xoxc-", "xapp-");
    shape(PATH, 20, 0, "hooks.slack.com/services/", "hooks.slack.com/workflows/");
    shape(PATH, 30, 0, "discord.com/api/webhooks/", "discordapp.com/api/webhooks/");
    shape(DOTTED, 40, 0, "SG.");
    shape(HEX, 32, 32, "key-", "SK");
    shape(URL64, 64, 0, "xkeysib-");
    // tools: HashiCorp, Grafana, New Relic, Sentry, Linear, Figma, Notion, Postman, Atlassian …
    shape(URL64, 24, 0, "hvs.", "hvb.", "hvr.");
    shape(WORD, 32, 0, "glsa_", "sntryu_", "lin_api_", "lin_oauth_");
    shape(BASE64, 32, 0, "glc_", "sntrys_");
    shape(ALNUM, 27, 27, "NRAK-");
    shape(URL64, 40, 0, "figd_", "dp.pt.", "dp.st.", "dp.sa.", "dp.ct.", "tfp_", "ntn_");
    shape(ALNUM, 43, 43, "secret_");
    shape(URL64, 50, 0, "PMAK-");
    shape(URL64, 60, 0, "ATATT3", "ATCTT3");
    shape(DOTTED, 32, 0, "pscale_tkn_", "pscale_pw_", "pscale_oauth_");
    shape(HEX, 40, 0, "sbp_");
    shape(UPPER, 40, 0, "AGE-SECRET-KEY-1");
    shape(URL64, 40, 0, "ops_eyJ", "phx_", "rdme_", "SWMTKN-1-", "CFPAT-", "shippo_live_");
    for (var shape : SHAPES) {
      char first = shape.prefix().charAt(0);
      BY_FIRST[first] =
          SHAPES.stream().filter(s -> s.prefix().charAt(0) == first).toArray(Shape[]::new);
    }
  }

  private final CharSequence text;
  private final List<Span> spans;

  /** Up to where no token in parts begins, as was found out. */
  private int noParts;

  private SecretShapes(CharSequence text, List<Span> spans) {
    this.text = text;
    this.spans = spans;
  }

  static void find(CharSequence text, List<Span> spans) {
    new SecretShapes(text, spans).find();
  }

  private void find() {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int end =
          switch (c) {
            case ':' -> Math.max(Math.max(named(i), login(i)), bot(i));
            case '=' -> named(i);
            case '~' -> azure(i);
            default -> c < 128 && WORD.has(c) && begins(i) ? token(i, c) : -1;
          };
      i = end > i ? end : i + 1;
    }
  }

  private int token(int at, char first) {
    if (BY_FIRST[first] != null) {
      for (var shape : BY_FIRST[first]) {
        int end = shaped(shape, at);
        if (end > 0) {
          return mask(at, end);
        }
      }
    }
    return switch (first) {
      case 'e' -> parts(at);
      case 'b', 'B' -> Math.max(scheme(at, "bearer"), scheme(at, "basic"));
      default -> -1;
    };
  }

  private int mask(int from, int to) {
    spans.add(new Span(from, to));
    return to;
  }

  /** Where it ends; -1 when there is none. */
  private int shaped(Shape shape, int at) {
    if (!starts(at, shape.prefix())) {
      return -1;
    }
    int body = at + shape.prefix().length();
    int most = shape.most() == 0 ? Integer.MAX_VALUE : shape.most() + 1;
    int end = run(body, shape.body(), most);
    boolean fits = end - body >= shape.least() && end - body < most;
    // A fixed length counts only where the word ends, too.
    return fits && (shape.most() == 0 || end == text.length() || !WORD.has(text.charAt(end)))
        ? end
        : -1;
  }

  /** A token of JSON in parts between dots: a JWT or JWE. */
  private int parts(int at) {
    if (at < noParts || !starts(at, "eyJ")) {
      return -1;
    }
    int first = run(at, URL64, Integer.MAX_VALUE);
    int end = first;
    int dots = 0;
    while (dots < 4 && end < text.length() && text.charAt(end) == '.') {
      dots++;
      end = run(end + 1, URL64, Integer.MAX_VALUE);
    }
    if (first - at < 13 || dots < 2 || end - first < 15) {
      noParts = first; // nor does one begin later in the same run
      return -1;
    }
    return mask(at, end);
  }

  /** {@code Bearer …} and {@code Basic …}, as they stand in headers. */
  private int scheme(int at, String scheme) {
    if (!startsAnyCase(at, scheme)) {
      return -1;
    }
    int from = at + scheme.length();
    int gap = blanks(from, 4);
    if (gap == from) {
      return -1;
    }
    boolean basic = scheme.equals("basic");
    int end = run(gap, basic ? BASE64 : BEARER, Integer.MAX_VALUE);
    boolean secret = basic ? isLogin(gap, end) : end - gap >= 12 && !isPlainWord(gap, end);
    return secret ? mask(gap, end) : -1;
  }

  /** A user's name, a colon and a password, in Base64. */
  private boolean isLogin(int from, int to) {
    int length = Math.min(to - from, 96) / 4 * 4;
    if (length < 4) {
      return false;
    }
    try {
      String login =
          new String(
              Base64.getDecoder().decode(text.subSequence(from, from + length).toString()),
              StandardCharsets.ISO_8859_1);
      return login.indexOf(':') >= 0 && login.chars().allMatch(c -> c >= ' ' && c != 0x7F);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** {@code authentication}, for example. */
  private boolean isPlainWord(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z') && !(c == '.' && i == to - 1)) {
        return false;
      }
    }
    return to - from < 16;
  }

  /** What stands before the {@code @} of an address. */
  private int login(int at) {
    if (!starts(at, "://")) {
      return -1;
    }
    int from = at + 3;
    int limit = Math.min(text.length(), from + LONGEST_USER);
    int user = -1;
    int colon = -1;
    boolean digits = false;
    for (int i = from; i < limit; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || "/?#\"'<>\\`,;()|".indexOf(c) >= 0) {
        break;
      }
      if (c == '@') {
        user = i;
      } else if (c == ':' && colon < 0) {
        colon = i;
      }
      digits |= c >= '0' && c <= '9';
    }
    boolean password = colon > 0 && colon + 1 < user;
    boolean token = user - from >= 16 && digits;
    return user > from && (password || token) ? mask(from, user) : -1;
  }

  /** A bot of Telegram: its number, a colon, its key. */
  private int bot(int at) {
    int from = at;
    while (from > 0 && at - from <= 11 && isDigit(text.charAt(from - 1))) {
      from--;
    }
    if (at - from < 8 || at - from > 10 || !starts(at + 1, "AA")) {
      return -1;
    }
    int end = run(at + 1, URL64, 36);
    return end - at - 1 == 35 ? mask(from, end) : -1;
  }

  /** A secret of a client of Azure AD. */
  private int azure(int at) {
    if (at < 5 || text.charAt(at - 1) != 'Q' || !isDigit(text.charAt(at - 2))) {
      return -1;
    }
    int end = at + 1;
    while (end < text.length()
        && end - at <= 35
        && (DOTTED.has(text.charAt(end)) || text.charAt(end) == '~')) {
      end++;
    }
    int length = end - at - 1;
    return length >= 31 && length <= 34 ? mask(at - 5, end) : -1;
  }

  /** A value beside a name that says what it is. */
  private int named(int at) {
    int nameEnd = at;
    while (nameEnd > 0 && at - nameEnd < 4 && "\"'`\\ ]".indexOf(text.charAt(nameEnd - 1)) >= 0) {
      nameEnd--;
    }
    int nameStart = nameEnd;
    while (nameStart > 0
        && nameEnd - nameStart < LONGEST_NAME
        && DOTTED.has(text.charAt(nameStart - 1))) {
      nameStart--;
    }
    String name = text.subSequence(nameStart, nameEnd).toString().toLowerCase(Locale.ROOT);
    if (!isSecretName(name)) {
      return -1;
    }
    int from = at + 1;
    while (from < text.length() && from - at < 4 && "=:>".indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    from = blanks(from, 8);
    while (from < text.length() && text.charAt(from) == '\\' && from - at < 16) {
      from++;
    }
    if (from < text.length() && "\"'`".indexOf(text.charAt(from)) >= 0) {
      return quoted(from + 1, text.charAt(from));
    }
    if (name.endsWith("authorization")) {
      int word = run(from, ALNUM, 16);
      int gap = blanks(word, 4);
      from = gap > word ? gap : from;
    }
    int end = value(from);
    boolean call = end < text.length() && "([{<".indexOf(text.charAt(end)) >= 0;
    boolean path = name.endsWith("pwd") && end > from && text.charAt(from) == '/';
    return !call && !path && isSecret(from, end) ? mask(from, end) : -1;
  }

  static boolean isSecretName(String name) {
    String bare = name.toLowerCase(Locale.ROOT).replaceAll("[_.-]", "");
    return NAMES.stream().anyMatch(bare::endsWith) && !bare.endsWith("publickeytoken")
        || bare.equals("sig")
        || name.endsWith("_pass")
        || name.endsWith("-pass");
  }

  private int value(int from) {
    int end = from;
    if (end < text.length() && "$%".indexOf(text.charAt(end)) >= 0) {
      return end; // the name of a variable
    }
    while (end < text.length()) {
      char c = text.charAt(end);
      boolean slash = c == '\\' && end + 1 < text.length() && text.charAt(end + 1) == '/';
      if (!slash && !VALUE.has(c)) {
        break;
      }
      end++;
    }
    int padded = end;
    while (padded < text.length() && padded - end < 2 && text.charAt(padded) == '=') {
      padded++;
    }
    return padded;
  }

  private int quoted(int from, char quote) {
    int limit = Math.min(text.length(), from + LONGEST_QUOTED);
    for (int i = from; i < limit; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == '{') {
        return -1;
      }
      if (c == quote) {
        int end = i;
        while (end > from && text.charAt(end - 1) == '\\') {
          end--;
        }
        return isSecret(from, end) ? mask(from, end) : -1;
      }
    }
    return -1;
  }

  /** No plain word, number or name. */
  private boolean isSecret(int from, int to) {
    int digits = 0;
    int letters = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      digits += isDigit(c) ? 1 : 0;
      letters += ALNUM.has(c) && !isDigit(c) ? 1 : 0;
    }
    return to - from >= 8 && letters >= 2 && (digits >= 2 || digits >= 1 && to - from >= 32);
  }

  /** Whether a word begins here: behind what is no part of one, or behind an escape. */
  private boolean begins(int at) {
    if (at == 0 || !WORD.has(text.charAt(at - 1))) {
      return true;
    }
    char before = text.charAt(at - 1);
    if (at > 1 && text.charAt(at - 2) == '\\' && "ntrbf".indexOf(before) >= 0) {
      return true;
    }
    if (at > 2 && text.charAt(at - 3) == '%') {
      return HEX.has(text.charAt(at - 2)) && HEX.has(before);
    }
    if (at > 5 && text.charAt(at - 5) == 'u' && text.charAt(at - 6) == '\\') {
      return run(at - 4, HEX, 4) == at;
    }
    return before == 'm' && isColour(at - 1);
  }

  /** The end of a terminal's code for a colour, however that is written. */
  private boolean isColour(int at) {
    int i = at;
    while (i > 0 && at - i < 12 && (isDigit(text.charAt(i - 1)) || text.charAt(i - 1) == ';')) {
      i--;
    }
    return i > 0 && text.charAt(i - 1) == '[';
  }

  private int blanks(int from, int most) {
    int i = from;
    while (i < text.length() && i - from < most && " \t".indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }

  private int run(int from, Chars chars, int most) {
    int i = from;
    while (i < text.length() && i - from < most && chars.has(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private boolean starts(int at, String word) {
    if (at + word.length() > text.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text.charAt(at + i) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean startsAnyCase(int at, String word) {
    if (at + word.length() > text.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (Character.toLowerCase(text.charAt(at + i)) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** A set of characters of ASCII. */
  static final class Chars {
    private final boolean[] has = new boolean[128];

    /** Ranges such as {@code a-z}, then single characters. */
    static Chars of(String... parts) {
      var chars = new Chars();
      for (String part : parts) {
        boolean range = part.length() == 3 && part.charAt(1) == '-';
        for (char c = part.charAt(0); range && c <= part.charAt(2); c++) {
          chars.has[c] = true;
        }
        for (int i = 0; !range && i < part.length(); i++) {
          chars.has[part.charAt(i)] = true;
        }
      }
      return chars;
    }

    boolean has(char c) {
      return c < 128 && has[c];
    }
  }
}
