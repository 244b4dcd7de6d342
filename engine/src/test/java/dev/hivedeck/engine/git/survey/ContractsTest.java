package dev.hivedeck.engine.git.survey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a new version of a contract takes from those who rely on it is told, and no more. */
class ContractsTest {
  private static final String API =
      """
      openapi: 3.1.0
      paths:
        /orders:
          get: { responses: { '200': {}, '404': {} } }
          post:
            parameters: [ { name: key, in: header, required: false } ]
            responses: { '201': {} }
        /carts:
          get: { responses: { '200': {} } }
      components:
        schemas:
          Order:
            type: object
            required: [id]
            properties:
              id: { type: string }
              state: { type: string, enum: [open, paid] }
              total: { type: integer }
      """;

  @Test
  void anApiTellsWhatItNoLongerAnswersAndWhatItDemandsMore() {
    String now =
        """
        openapi: 3.1.0
        paths:
          /orders:
            get: { responses: { '200': {} } }
            post:
              parameters: [ { name: key, in: header, required: true } ]
              requestBody: { required: true }
              responses: { '201': {} }
        components:
          schemas:
            Order:
              type: object
              required: [id, state]
              properties:
                id: { type: integer }
                state: { type: string, enum: [open] }
        """;
    assertThat(Contracts.breaks("openapi.yaml", API, now))
        .containsExactly(
            "GET /orders no longer answers 404",
            "POST /orders demands parameter key",
            "POST /orders demands a body",
            "removes /carts",
            "demands state of Order",
            "Order.id is integer now",
            "no longer takes paid of Order.state",
            "removes Order.total");
    assertThat(Contracts.breaks("openapi.yaml", API, null)).containsExactly("is gone");
    assertThat(Contracts.breaks("openapi.yaml", API, "a: [b")).hasSize(1);
  }

  @Test
  void whatOnlyComesBesideBreaksNobody() {
    String more = API.replace("        /carts:", "        /more: {}\n        /carts:");
    more = more.replace("total: { type: integer }", "total: { type: integer }\n        more: {}");
    assertThat(Contracts.breaks("openapi.yaml", API, more)).isEmpty();
    assertThat(Contracts.breaks("openapi.yaml", API, API)).isEmpty();
    assertThat(Contracts.breaks("openapi.yaml", "no contract", "a: 1")).isEmpty();
  }

  @Test
  void aSchemaTellsNestedProperties() {
    String old =
        "{\"type\":\"object\",\"properties\":{\"a\":{\"properties\":{\"b\":{\"type\":\"string\"}}},"
            + "\"l\":{\"items\":{\"properties\":{\"c\":{}}}}}}";
    String now =
        "{\"type\":\"object\",\"properties\":{\"a\":{\"properties\":{}},"
            + "\"l\":{\"items\":{\"properties\":{}}}}}";
    assertThat(Contracts.breaks("order.schema.json", old, now))
        .containsExactly("removes a.b", "removes l[].c");
  }

  @Test
  void aSchemaInJsonIsReadHoweverItIsIndented() {
    String old =
        """
        {
        \t"type": "object",
        \t"properties": { "a": {}, "b": {} }
        }
        """;
    assertThat(Contracts.breaks("order.schema.json", old, old.replace(", \"b\": {}", "")))
        .containsExactly("removes b");
    assertThat(Contracts.breaks("order.schema.json", old, old.replace("\t", "    "))).isEmpty();
  }

  @Test
  void whatLooksLikeACommentInATextIsNone() {
    String old =
        """
        message Order {
          string site = 1 [default = "http://example.org"]; string kept = 2;
          string glob = 3 [default = '*/*.txt'];
          string open = 4 [default = "/* \\" {"]; string after = 5;
        }
        message Next { string id = 1; }
        """;
    assertThat(Contracts.breaks("orders.proto", old, old.replace("string kept = 2;", "")))
        .containsExactly("removes Order.kept");
    assertThat(Contracts.breaks("orders.proto", old, old.replace("string after = 5;", "")))
        .containsExactly("removes Order.after");
    assertThat(Contracts.breaks("orders.proto", old, old.replace("string id = 1;", "")))
        .containsExactly("removes Next.id");
    assertThat(
            Migrations.taken(
                """
                insert into a values ('--'); drop table one;
                insert into a values ('it''s /* '); drop table two;
                -- don't drop table not_this;
                drop table "three--x";
                """))
        .containsExactly("drop table one", "drop table two", "drop table \"three");
  }

  @Test
  void aProtocolTellsFieldsByNumberAndCalls() {
    String old =
        """
        service Orders { rpc Get(Id) returns (Order); rpc List(Id) returns (stream Order) {} }
        message Order {
          string id = 1; // the id = 7;
          int64 total = 2;
          oneof pay { string card = 3; string cash = 4; }
          message Line { string sku = 1; }
        }
        message Gone { string x = 1; }
        enum State { OPEN = 0; PAID = 1; }
        """;
    String now =
        """
        service Orders { rpc Get(Id) returns (Order); }
        message Order {
          string id = 5;
          string total = 2;
          oneof pay { string card = 3; }
          message Line { string sku = 1; string more = 2; }
        }
        enum State { OPEN = 0; PAID = 2; }
        """;
    assertThat(Contracts.breaks("orders.proto", old, now))
        .containsExactly(
            "removes Orders.List",
            "Order.id was 1 string, is 5 string",
            "Order.total was 2 int64, is 2 string",
            "removes Order.cash",
            "removes Gone",
            "State.PAID was 1, is 2");
    assertThat(Contracts.breaks("orders.proto", old, old)).isEmpty();
  }

  @Test
  @Timeout(120) // one pass takes milliseconds; each of these once took hours
  void whateverAFileIsLikeItIsReadInOnePass() {
    int much = 120_000;
    for (String hostile :
        List.of(
            "a".repeat(much),
            "/*".repeat(much),
            "a<".repeat(much),
            "rpc a(".repeat(much / 3),
            "a=1[".repeat(much / 3),
            "\"\\".repeat(much),
            "'\"".repeat(much) + "'",
            "drop table ".repeat(much / 5),
            "{".repeat(much))) {
      assertThat(Contracts.breaks("x.proto", hostile, hostile)).isEmpty();
      Migrations.taken(hostile);
      Contracts.breaks("openapi.yaml", hostile, hostile);
    }
  }

  @Test
  void sqlTellsWhatItTakesAwayForGood() {
    assertThat(
            Migrations.taken(
                """
                -- DROP TABLE not_this;
                ALTER TABLE a ADD COLUMN b int;
                DROP TABLE IF EXISTS orders;
                alter table c drop column  d;
                delete from e where f = 1;
                DELETE FROM g;
                """))
        .isEqualTo(List.of("drop table orders", "drop column d", "delete from g"));
  }

  @Test
  void whatMySqlCarriesOutOfACommentCounts() {
    assertThat(
            Migrations.taken(
                """
                /*!40000 DROP TABLE one */;
                /*M!100100 drop table two */; /* drop table not_this; */
                drop table /*!50000 if exists */ three;
                /*! insert into a values ('*/'); */ drop table four;
                """))
        .containsExactly("drop table one", "drop table two", "drop table three", "drop table four");
  }

  @Test
  void eachVersionIsReadAsItIsWritten() {
    String old = "{\"properties\": {\"a\": {}, \"b\": {}}}";
    String now = "properties:\n  a: {}\n";
    assertThat(Contracts.breaks("order.schema.json", old, "order.schema.yaml", now))
        .containsExactly("removes b");
    assertThat(Contracts.breaks("order.schema.yaml", now, "order.schema.json", old)).isEmpty();
  }
}
