import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes and signs latest.signed, of which an installed program hears that a version is out. */
final class Latest {
  private static final String HELP =
      """
      installers/latest --channel stable|preview --version X.Y.Z --notes FILE --base URL --out FOLDER PACKAGE...
        writes FOLDER/CHANNEL/latest.signed: a signature, an empty line, and what was signed
        --base URL    where the packages are downloaded from, ending in a slash; https
        --host NAME   a host that those addresses redirect to; may be said again
        --keys FILE   the public keys that programs have; default: the ones that are shipped
        --date DATE   of the release; default: today
        HIVEDECK_RELEASE_KEY  the private key, as --new-key wrote it
      installers/latest --new-key FILE
        makes a pair of keys: writes the private one to FILE, and prints the public one for
        resources/src/main/resources/hivedeck/upgrade/keys.txt\
      """;

  private static final Path SHIPPED =
      Path.of("resources/src/main/resources/hivedeck/upgrade/keys.txt");

  // What a program reads, in dev.hivedeck.engine.upgrade: nothing else is signed.
  private static final String VERSION = "(0|[1-9][0-9]{0,5})(\\.(0|[1-9][0-9]{0,5})){2}";
  private static final String FILE = "[A-Za-z0-9][A-Za-z0-9._+~-]{0,199}";
  private static final String HOST = "[a-z0-9.-]{1,253}";
  private static final List<String> OWN = List.of("localhost", "127.0.0.1", "[::1]");
  private static final long LARGEST = 2L << 30;
  private static final int DOCUMENT = (1 << 20) - 1024;

  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<String> hosts = new ArrayList<>();
  private final List<Path> packages = new ArrayList<>();

  /** What is wrong, with what to do about it. */
  private static final class Refused extends RuntimeException {
    Refused(String what, String remedy) {
      super("installers/latest: " + what + "\n                   " + remedy);
    }
  }

  public static void main(String[] arguments) throws IOException, GeneralSecurityException {
    try {
      if (arguments.length == 2 && arguments[0].equals("--new-key")) {
        newKey(Path.of(arguments[1]));
      } else if (arguments.length == 1 && arguments[0].equals("--help")) {
        System.out.println(HELP);
      } else {
        new Latest(arguments).write();
      }
    } catch (Refused e) {
      end(e);
    } catch (NoSuchFileException e) {
      end(new Refused("There is no " + e.getFile() + ".", "Check the path."));
    } catch (IOException e) {
      end(new Refused("it cannot be read or written: " + e, "Check the files that you named."));
    }
  }

  private static void end(Refused why) {
    System.err.println(why.getMessage());
    System.exit(2);
  }

  private static void newKey(Path file) throws IOException, GeneralSecurityException {
    if (Files.exists(file)) {
      throw new Refused(file + " is there already.", "Name another file; no key is overwritten.");
    }
    var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    if (Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix")) {
      var owner = PosixFilePermissions.fromString("rw-------");
      Files.createFile(file, PosixFilePermissions.asFileAttribute(owner));
    }
    Files.writeString(file, base64(pair.getPrivate().getEncoded()) + "\n");
    System.out.println(base64(pair.getPublic().getEncoded()));
  }

  private Latest(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      String word = arguments[i];
      if (!word.startsWith("--")) {
        packages.add(Path.of(word));
        continue;
      }
      if (!List.of("channel", "version", "notes", "base", "host", "keys", "date", "out")
              .contains(word.substring(2))
          || i + 1 == arguments.length) {
        throw new Refused(word + " is no option, or lacks its value.", "See --help.");
      }
      String value = arguments[++i];
      if (word.equals("--host")) {
        hosts.add(value);
      } else {
        options.put(word.substring(2), value);
      }
    }
  }

  private void write() throws IOException, GeneralSecurityException {
    String channel = option("channel");
    if (!List.of("stable", "preview").contains(channel)) {
      throw new Refused("There is no channel " + channel + ".", "Name stable or preview.");
    }
    String document = document(channel);
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > DOCUMENT) {
      throw new Refused(
          "what programs are told has " + bytes.length + " bytes, more than they read.",
          "Shorten the notes: 1 MB is the most.");
    }
    String signature = base64(signed(bytes));
    Path folder = Files.createDirectories(Path.of(option("out")).resolve(channel));
    Path file = folder.resolve("latest.signed");
    Files.writeString(file, signature + "\n\n" + document);
    System.out.println(file);
  }

  private String option(String name) {
    String value = options.get(name);
    if (value == null) {
      throw new Refused("--" + name + " is missing.", "See --help.");
    }
    return value;
  }

  private String document(String channel) throws IOException, GeneralSecurityException {
    String version = option("version");
    if (!version.matches(VERSION)) {
      throw new Refused("\"" + version + "\" is no version.", "Write three numbers: 0.1.0.");
    }
    URI base = base(option("base"));
    for (String host : hosts) {
      if (!host.matches(HOST)) {
        throw new Refused(
            "\"" + host + "\" is no host.", "Write its name alone, in small letters.");
      }
    }
    if (packages.isEmpty()) {
      throw new Refused("There are no packages.", "Name the files that are published.");
    }
    var systems = new LinkedHashMap<String, String>();
    for (Path file : packages) {
      String name = name(file);
      String system = system(name);
      String pack =
          "    {\"system\": %s, \"url\": %s, \"sha256\": \"%s\", \"size\": %d}"
              .formatted(
                  quoted(system),
                  quoted(base.resolve(name).toString()),
                  sha256(file),
                  Files.size(file));
      if (systems.put(system, pack) != null) {
        throw new Refused("There are two packages for " + system + ".", "Name one of them.");
      }
    }
    return """
    {
      "format": 1,
      "channel": %s,
      "issued": "%s",
      "version": %s,
      "date": "%s",
      "notes": %s,
      "hosts": [%s],
      "packages": [
    %s
      ]
    }
    """
        .formatted(
            quoted(channel),
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            quoted(version),
            date(options.getOrDefault("date", LocalDate.now().toString())),
            quoted(Files.readString(Path.of(option("notes"))).strip()),
            hosts.stream().map(Latest::quoted).collect(Collectors.joining(", ")),
            String.join(",\n", systems.values()));
  }

  private static URI base(String text) {
    try {
      var url = URI.create(text);
      boolean tls = "https".equals(url.getScheme()) && url.getHost() != null;
      boolean own = "http".equals(url.getScheme()) && OWN.contains(url.getHost());
      boolean plain =
          url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null;
      if ((tls || own) && plain && text.endsWith("/")) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // It is refused as well.
    }
    throw new Refused(text + " cannot be a base.", "It is an https address that ends in a slash.");
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new Refused("\"" + text + "\" is no date.", "Write it as 2026-12-01.");
    }
  }

  /** The name of a package that programs would take. */
  private static String name(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (!Files.isRegularFile(file)) {
      throw new Refused("There is no file " + file + ".", "Name the files that are published.");
    }
    if (!name.matches(FILE)) {
      throw new Refused(
          "\"" + name + "\" cannot be the name of a package.",
          "It has letters, digits and . _ + ~ - only, and begins with one of the first two.");
    }
    if (Files.size(file) < 1 || Files.size(file) > LARGEST) {
      throw new Refused(
          name + " has " + Files.size(file) + " bytes.", "A package has from 1 byte to 2 GB.");
    }
    return name;
  }

  /** The system that a package is for, by its name. */
  private static String system(String name) {
    boolean arm = name.matches(".*(aarch64|arm64).*");
    String machine = arm ? "aarch64" : "x86_64";
    if (name.endsWith(".deb")) {
      return "linux-" + machine + "-deb";
    }
    if (name.endsWith(".rpm")) {
      return "linux-" + machine + "-rpm";
    }
    if (name.endsWith(".tar.gz")) {
      return "linux-" + machine + "-tar";
    }
    if (name.endsWith(".AppImage")) {
      return "linux-" + machine + "-appimage";
    }
    if (name.endsWith(".msi")) {
      return "windows-" + machine + "-msi";
    }
    if (name.endsWith(".dmg")) {
      return name.contains("x86_64") ? "macos-x86_64-dmg" : "macos-aarch64-dmg";
    }
    throw new Refused(
        name + " is no package.", "There are .deb, .rpm, .tar.gz, .AppImage, .dmg and .msi.");
  }

  /** Signs, with a key that the programs know. */
  private byte[] signed(byte[] document) throws IOException, GeneralSecurityException {
    String secret = System.getenv("HIVEDECK_RELEASE_KEY");
    if (secret == null || secret.isBlank()) {
      throw new Refused("HIVEDECK_RELEASE_KEY is not set.", "It is the private key of releases.");
    }
    var signer = Signature.getInstance("Ed25519");
    signer.initSign(privateKey(secret.strip()));
    signer.update(document);
    byte[] signature = signer.sign();
    Path keys = Path.of(options.getOrDefault("keys", SHIPPED.toString()));
    for (String line : Files.readAllLines(keys)) {
      try {
        if (!line.isBlank()
            && !line.startsWith("#")
            && verifies(line.strip(), document, signature)) {
          return signature;
        }
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        throw new Refused(
            keys + " has a line that is no Ed25519 key: " + line,
            "--new-key prints what it holds.");
      }
    }
    throw new Refused(
        "no key of " + keys + " belongs to HIVEDECK_RELEASE_KEY: no program would believe it.",
        "Add the public half there before the version that is to be told of this one is made.");
  }

  private static PrivateKey privateKey(String secret) {
    try {
      var spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(secret));
      return KeyFactory.getInstance("Ed25519").generatePrivate(spec);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Without what it says of the key.
      throw new Refused("HIVEDECK_RELEASE_KEY is no Ed25519 key.", "Make one with --new-key.");
    }
  }

  private static boolean verifies(String key, byte[] document, byte[] signature)
      throws GeneralSecurityException {
    var check = Signature.getInstance("Ed25519");
    check.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key))));
    check.update(document);
    return check.verify(signature);
  }

  private static String sha256(Path file) throws IOException, GeneralSecurityException {
    var digest = MessageDigest.getInstance("SHA-256");
    try (var in = Files.newInputStream(file)) {
      byte[] chunk = new byte[1 << 16];
      for (int read; (read = in.read(chunk)) >= 0; ) {
        digest.update(chunk, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String quoted(String text) {
    var json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        default -> json.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    return json.append('"').toString();
  }
}
