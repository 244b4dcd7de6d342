@echo off
rem The two things one does with a fresh clone: dev demo, dev test. Set JAVA_HOME to a JDK 25.
cd /d "%~dp0"
where git >nul 2>nul || (echo dev: git is missing. Install git 2.39 or newer. 1>&2 & exit /b 3)
where mvn >nul 2>nul || (echo dev: Maven is missing. Install Maven 3.8 or newer. 1>&2 & exit /b 3)
if "%1"=="demo" (
  call mvn -B -q -DskipTests package || exit /b 1
  call app\target\hivedeck\bin\hivedeck.bat demo
  exit /b
)
if "%1"=="test" (
  call mvn -B -ntp verify
  exit /b
)
if "%1"=="docs" (
  call mvn -B -q test -Daot.off=true -Djacoco.skip=true -Dhivedeck.docs.write=true -Dtest=StateMachinesTest,OpenApiTest,ReferenceTest
  exit /b
)
echo usage: dev demo   build, then start the demo
echo        dev test   build and pass all tests
echo        dev docs   bring the pages up that are made from the code
exit /b 2
