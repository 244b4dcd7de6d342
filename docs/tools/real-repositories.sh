#!/bin/bash
# Five repositories as people have them, from clone to a change on main. Nothing is fetched while it runs:
#   HD=<launcher> docs/tools/real-repositories.sh prepare DIR   packages by npm and Maven (network)
#   HD=<launcher> docs/tools/real-repositories.sh run DIR       init, trust, one task by a shell agent, its gates, merged
# Prints steps, seconds and what was edited by hand. Exit 0 when all are merged; 2 where a tool is missing.
set -u
: "${HD:?set HD to the hivedeck launcher}"; HD=$(realpath "$HD")
DO=${1:?prepare or run}; mkdir -p "${2:?a folder}"; D=$(realpath "$2"); HERE=$PWD
export GIT_CONFIG_GLOBAL=$D/gitconfig
git config --global user.name Tester; git config --global user.email t@localhost
git config --global init.defaultBranch main; git config --global protocol.file.allow always
has() { command -v "$1" >/dev/null || { echo "skipped $2: no $1"; return 1; }; }
begin() { rm -rf "${D:?}/$1"; git init -q "$D/$1"; cd "$D/$1" || exit 2; }
done_() { git add -A; git commit -qm Begin; cd "$HERE" || exit 2; }

python() {
  has python3 python || return; begin python; mkdir -p src tests
  cp -r "$(python3 -c 'import iniconfig, os; print(os.path.dirname(iniconfig.__file__))')" src/ # pytest has it
  printf '[project]\nname = "settings"\nversion = "1.0"\n' > pyproject.toml
  printf '.env\n__pycache__/\n.pytest_cache/\n' > .gitignore; echo KEY=sesame > .env
  printf 'import pathlib\n\nimport iniconfig\n\ndef test_own():\n    assert pathlib.Path(iniconfig.__file__).is_relative_to(pathlib.Path.cwd())\n' > tests/test_ini.py
  done_
}
node() {
  has npm node || return; begin node; mkdir -p packages
  for p in ms@2.1.3 is-number@7.0.0; do
    npm pack --silent "$p" > name && mkdir "packages/${p%@*}" && tar xzf "$(cat name)" -C "packages/${p%@*}" --strip-components 1 && rm "$(cat name)" name
  done
  mkdir -p app; printf '{"name":"app","version":"1.0.0","dependencies":{"ms":"*","is-number":"*"}}' > app/package.json
  printf '{"name":"mono","private":true,"workspaces":["packages/*","app"],"scripts":{"test":"node --test app"}}' > package.json
  printf 'const test=require("node:test"),a=require("node:assert");\ntest("ms",()=>a.equal(require("ms")("1s"),1000));\ntest("number",()=>a.ok(require("is-number")(1)));\n' > app/app.test.js
  echo node_modules/ > .gitignore; npm install --silent --no-audit --no-fund >/dev/null; done_
}
java() {
  has mvn java || return; begin java; mkdir -p src/main/java/a src/test/java/a
  cat > pom.xml <<'P'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>a</groupId><artifactId>a</artifactId><version>1</version>
<properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<dependencies><dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.13.4</version><scope>test</scope></dependency></dependencies>
<build><plugins>
<plugin><artifactId>maven-resources-plugin</artifactId><version>3.4.0</version></plugin>
<plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
<plugin><artifactId>maven-surefire-plugin</artifactId><version>3.5.4</version></plugin>
<plugin><artifactId>maven-jar-plugin</artifactId><version>3.4.2</version></plugin>
</plugins></build></project>
P
  echo 'package a; public class Sum { public static int of(int a, int b) { return a + b; } }' > src/main/java/a/Sum.java
  echo 'package a; import static org.junit.jupiter.api.Assertions.*; class SumTest { @org.junit.jupiter.api.Test void adds() { assertEquals(3, Sum.of(1, 2)); } }' > src/test/java/a/SumTest.java
  echo target/ > .gitignore; mvn -q -B verify || echo "mvn failed"; done_
}
golang() {
  has go go || return; begin go
  printf 'module example.org/a\n\ngo 1.19\n' > go.mod
  printf 'package a\n\nfunc Sum(a, b int) int { return a + b }\n' > a.go
  printf 'package a\n\nimport "testing"\n\nfunc TestSum(t *testing.T) {\n\tif Sum(1, 2) != 3 {\n\t\tt.Fail()\n\t}\n}\n' > a_test.go
  done_
}
nested() {
  has git-lfs submodules || return
  git config --global filter.lfs.clean 'git-lfs clean -- %f'; git config --global filter.lfs.smudge 'git-lfs smudge -- %f'
  git config --global filter.lfs.process 'git-lfs filter-process'; git config --global filter.lfs.required true
  begin lib; echo 'lib() { echo lib; }' > lib.sh; done_
  begin nested; git submodule --quiet add "$D/lib" lib
  echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes; head -c 200000 /dev/zero > a.bin
  printf 'test:\n\t. lib/lib.sh && lib\n\ttest "$$(wc -c < a.bin)" = 200000\n' > Makefile; done_
}

merge() { # NAME FILE TEXT: from a clone to a change on main
  [ -d "$D/$1" ] || return; local at=$D/clone-$1 begun steps=0 edited
  export HIVEDECK_HOME=$D/home-$1; rm -rf "$at" "$HIVEDECK_HOME"; begun=$(date +%s%N); git clone -q "$D/$1" "$at" && cd "$at" || return
  [ -f "$D/$1/.env" ] && cp "$D/$1/.env" .
  [ "$1" = nested ] && git lfs install --local >/dev/null # the engine goes by the repository and ~/.gitconfig
  [ -f .gitmodules ] && git submodule --quiet update --init
  step() { steps=$((steps + 1)); "$HD" "$@" > "$D/$1.out" 2>&1 || { echo "FAIL $at: hivedeck $*"; tail -5 "$D/$1.out"; }; }
  printf 'mkdir -p "$(dirname %s)"; printf "%s" >> %s\n' "$2" "$3" "$2" > "$D/agent-$1.sh"
  # A shell agent, as no account is needed for it; a bug fix, as nobody is there who approves.
  step init --yes --trust --run "cat >/dev/null; sh '$D/agent-$1.sh'"
  cp .hivedeck/hive.yaml "$D/proposed-$1.yaml"
  step run --task One --prompt 'do it' --kind bug-fix
  edited=$(diff "$D/proposed-$1.yaml" .hivedeck/hive.yaml | grep -c '^>')
  local seconds; seconds=$(( ($(date +%s%N) - begun) / 100000000 ))
  if git show "main:$2" 2>/dev/null | grep -q "$(printf '%s' "$3" | cut -c1-5)" && git log -1 --format=%B main | grep -q Hivedeck; then
    printf '%-8s merged  %d commands  %d.%d s  %d lines by hand  gate: %s\n' "$1" $steps $((seconds / 10)) $((seconds % 10)) "$edited" \
      "$(sed -n 's/^  tests: *{ run: \(.*\), at:.*/\1/p' .hivedeck/hive.yaml)"
  else
    echo "$1 NOT MERGED"; "$HD" attempts; RC=1
  fi
  cd "$HERE" || exit 2
}

case $DO in
  prepare) python; node; java; golang; nested ;;
  run)
    RC=0
    merge python src/more.py 'A = 1\n'; merge node app/more.js 'exports.a = 1;\n'
    merge java src/main/java/a/More.java 'package a; class More {}\n'; merge go more.go 'package a\n'
    merge nested more.txt 'more text\n'; exit $RC ;;
esac
