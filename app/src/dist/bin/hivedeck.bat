@echo off
rem Starts Hivedeck with a Java 25 or newer, wherever it is installed.
setlocal enabledelayedexpansion
set "home=%~dp0.."
set "found="
for %%J in ("%HIVEDECK_JAVA%" "%home%\runtime" "%JAVA_HOME%") do call :try %%J
for /d %%J in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk*" "%USERPROFILE%\.jdks\*") do call :try "%%J"
for /f "delims=" %%P in ('where java 2^>nul') do call :try "%%~dpP.."
if not defined found (
  echo hivedeck: no Java 25 or newer was found. 1>&2
  echo           Install a JDK 25 ^(for example Temurin^), or set HIVEDECK_JAVA to its folder. 1>&2
  exit /b 3
)
set "aot=-Dhivedeck.aot=none"
if exist "%home%\lib\hivedeck.aot" set "aot=-XX:AOTCache=%home%\lib\hivedeck.aot"
if "%~1"=="train" set "aot=-Dhivedeck.aot=none"
if defined HIVEDECK_AOT_OUTPUT set "aot=-XX:AOTCacheOutput=%HIVEDECK_AOT_OUTPUT%"
set "tiers="
if defined HIVEDECK_AOT_OUTPUT set "tiers=-XX:TieredStopAtLevel=1"
"%found%\bin\java" "%aot%" %tiers% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Xmx1g -cp "%home%\lib\*" dev.hivedeck.app.Launcher %*
exit /b %errorlevel%

:try
if defined found exit /b 0
if "%~1"=="" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "tokens=2 delims==." %%V in ('findstr /b "JAVA_VERSION=" "%~1\release"') do (
  set "major=%%~V"
  set "major=!major:"=!"
  if !major! geq 25 set "found=%~1"
)
exit /b 0
