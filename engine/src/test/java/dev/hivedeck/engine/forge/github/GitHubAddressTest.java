package dev.hivedeck.engine.forge.github;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a remote is on GitHub, whatever form its address has. */
class GitHubAddressTest {

  @ParameterizedTest
  @CsvSource({
    "https://github.com/octo/shop.git,       octo/shop, https://api.github.com",
    "https://github.com/octo/shop/,          octo/shop, https://api.github.com",
    "https://user:secret@github.com/octo/shop, octo/shop, https://api.github.com",
    "git@github.com:octo/shop.git,           octo/shop, https://api.github.com",
    "github.com:octo/shop,                   octo/shop, https://api.github.com",
    "ssh://git@ssh.github.com:443/octo/shop.git, octo/shop, https://api.github.com",
    "ssh://git@ghe.example.com:2222/o/a.b.c, o/a.b.c, https://ghe.example.com/api/v3",
    "https://ghe.example.com/o/n.git,        o/n, https://ghe.example.com/api/v3",
    "https://acme.ghe.com/o/n,               o/n, https://api.acme.ghe.com",
    "https://GitHub.com/Octo/Shop,           Octo/Shop, https://api.github.com",
  })
  void aRemoteNamesItsRepositoryAndItsApi(String url, String repository, String api) {
    var address = GitHubAddress.of(url).orElseThrow();
    assertThat(address.repository()).isEqualTo(repository);
    assertThat(address.api()).isEqualTo(api);
    assertThat(address.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/srv/git/shop.git",
        "../shop",
        "C:\\shop",
        "file:///srv/shop.git",
        "https://github.com/octo",
        "https://github.com/octo/shop/tree/main",
        "https://github.com/octo/..",
        "git@github.com:/octo/shop",
        "",
      })
  void whatNamesNoneIsNone(String url) {
    assertThat(GitHubAddress.of(url)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.github.com, https://api.github.com/graphql",
    "https://ghe.example.com/api/v3, https://ghe.example.com/api/graphql",
    "https://api.acme.ghe.com, https://api.acme.ghe.com/graphql",
    "http://127.0.0.1:4001/, http://127.0.0.1:4001/graphql",
  })
  void graphqlIsWhereThatServerHasIt(String api, String graphql) {
    assertThat(GitHubAddress.at("h", "o/n").orElseThrow().with(api).graphql()).isEqualTo(graphql);
  }
}
