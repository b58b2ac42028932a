# Makes machine and .venv ready; sourced by ./run and ./test, which set $root first.
#
# It says what is missing and why before it installs anything, does nothing twice, and costs a few
# milliseconds when all is there. Root installs directly, others by sudo; without either it names
# the command. Nothing outside this folder is changed but the packages that it names.

state=$root/.setup
log=$state/setup.log
venv=$root/.venv
missing=
lists_fresh=

case ${GEOAPP_LANGUAGE:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
    zh*) tongue=zh ;;
    *) tongue=en ;;
esac

say() { # English, Chinese
    if [ "$tongue" = zh ]; then printf '%s\n' "$2" >&2; else printf '%s\n' "$1" >&2; fi
}

fail() { # English, Chinese
    say "$1" "$2"
    exit 1
}

set_up() { # run | test
    if is_ready "$1"; then return 0; fi
    mkdir -p "$state" 2>/dev/null || true
    if ! [ -w "$root" ] || ! [ -w "$state" ] || { [ -e "$log" ] && ! [ -w "$log" ]; }; then
        fail "This account cannot write to $root: copy it to a folder of your own and start there." \
            "当前账户无法写入 $root：请复制到自己的文件夹后再启动。"
    fi
    exec 9>>"$log"
    flock 9 # of two set-ups at once the second waits, then finds everything done
    has_database || require_database
    venv_works || require_python
    map_scripts_are_there || require_npm
    [ "$1" = run ] || require_browser
    install_missing
    venv_is_ready "$1" || install_python_packages "$1"
    map_scripts_are_there || fetch_map_scripts
    [ "$1" = run ] || has_browser || fetch_browser
    exec 9>&-
}

is_ready() { # run | test
    has_database && venv_is_ready "$1" && map_scripts_are_there &&
        { [ "$1" = run ] || { has_browser && has_font && has_atomic && has_git; }; }
}

# --- packages of the distribution ---------------------------------------------------------------

require() { # package, why in English, why in Chinese
    say "Missing: $1, $2." "缺少 $1：$3。"
    missing="$missing $1"
}

has_database() {
    [ -z "${GEOAPP_DATABASE_URL:-}" ] || return 0
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        major=${initdb#/usr/lib/postgresql/}
        major=${major%%/*}
        if [ -e "/usr/share/postgresql/$major/extension/postgis.control" ]; then return 0; fi
    done
    return 1
}

require_database() {
    find_major
    if [ -z "$newest" ] && may_install; then
        refresh_lists
        find_major
        [ -n "$newest" ] || fail \
            "The package sources have no postgresql-*-postgis-3: check /etc/apt, then start again." \
            "软件源中没有 postgresql-*-postgis-3：请检查 /etc/apt 后重新启动。"
    fi
    if [ -z "$newest" ]; then is_ubuntu && newest=16 || newest=15; fi # not asked: say the usual one
    require "postgresql-$newest-postgis-3" "the database with maps" "带地图功能的数据库"
}

find_major() { # the newest PostgreSQL that we know and the package sources have
    newest=
    for major in $(sed -n 's/^postgresql = \[\(.*\)\]$/\1/p' "$root/pyproject.toml" | tr -d '",'); do
        if apt-cache show "postgresql-$major-postgis-3" >/dev/null 2>&1; then newest=$major; fi
    done
}

require_python() {
    if ! find_python; then
        require python3 "the language of the program" "程序运行环境"
        require python3-venv "keeps the program's parts apart from the system" "隔离程序依赖"
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        require "python$version-venv" "keeps the program's parts apart from the system" "隔离程序依赖"
    fi
}

find_python() {
    for python in python3 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return 0
        fi
    done
    python=
    return 1
}

require_npm() {
    command -v npm >/dev/null || require npm "fetches Leaflet for the maps" "下载地图脚本 Leaflet"
}

require_browser() {
    has_font || require fonts-noto-cjk "Chinese letters in browser tests" "浏览器测试所需中文字体"
    has_atomic || require libatomic1 "drives the browser" "驱动浏览器"
    has_git || require git "tells which files belong to the project" "列出项目文件"
    has_browser || is_ubuntu || require chromium "the browser of the tests" "测试用浏览器"
}

has_font() {
    [ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]
}

has_atomic() {
    for library in /usr/lib/*/libatomic.so.1; do [ -e "$library" ] && return 0; done
    return 1
}

has_git() {
    command -v git >/dev/null
}

has_browser() {
    command -v chromium >/dev/null || [ -x "$venv/bin/chromium" ]
}

is_ubuntu() { # its chromium is a snap, which neither containers nor Playwright can use
    grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null
}

fetch_browser() {
    say "Fetching Chromium, the browser of the tests ..." "正在下载测试用浏览器 Chromium……"
    become_root "playwright install-deps chromium"
    $admin "$venv/bin/playwright" install-deps chromium >>"$log" 2>&1 9>&- &&
        "$venv/bin/playwright" install chromium >>"$log" 2>&1 9>&- || fail_download Chromium
    found=$("$venv/bin/python" -c 'from playwright.sync_api import sync_playwright as start
with start() as playwright: print(playwright.chromium.executable_path)')
    ln -sf "$found" "$venv/bin/chromium"
}

install_missing() {
    missing=${missing# }
    if [ -z "$missing" ]; then return 0; fi
    become_root "apt-get install $missing"
    refresh_lists
    say "Installing $missing; this takes a minute or two ..." "正在安装 $missing，需要一两分钟……"
    case $missing in *postgresql*) keep_port_closed ;; esac
    # shellcheck disable=SC2086 # words on purpose
    $admin env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $missing </dev/null >>"$log" 2>&1 9>&- || fail_download "$missing"
}

keep_port_closed() { # otherwise the package starts a public server of its own beside ours
    conf=/etc/postgresql-common/createcluster.conf
    if [ -e $conf ]; then return 0; fi
    $admin mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | $admin tee $conf >/dev/null
}

refresh_lists() {
    if [ -n "$lists_fresh" ]; then return 0; fi
    say "Asking the package sources ..." "正在更新软件源信息……"
    $admin apt-get update -q -o DPkg::Lock::Timeout=300 </dev/null >>"$log" 2>&1 9>&- ||
        fail_download "the package lists"
    lists_fresh=yes
}

may_install() { # sets $admin
    admin=
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -eq 0 ]; then return 0; fi
    admin=sudo
    command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }
}

become_root() { # what an administrator would have to do
    if may_install; then return 0; fi
    command -v apt-get >/dev/null || fail \
        "This set-up knows Debian and Ubuntu; elsewhere install by hand what they call $missing." \
        "本安装程序支持 Debian 和 Ubuntu；其他系统请自行安装与 $missing 对应的软件。"
    fail "This account may not install packages: ask an administrator for “$1”, then start again." \
        "当前账户无权安装软件包：请管理员执行“$1”后重新启动。"
}

fail_download() { # what
    fail "Could not fetch or install $1: check the network and start again (details: $log)." \
        "无法下载或安装 $1：请检查网络后重新启动（详情见 $log）。"
}

# --- .venv --------------------------------------------------------------------------------------

venv_key() { # changes with the locks, this file, the place of the folder and the interpreter
    cat "$root/requirements.txt" "$root/requirements-test.txt" "$root/geoapp/core/setup.sh" |
        { sha256sum; readlink -f "$venv/bin/python"; echo "$root"; }
}

venv_is_ready() { # run | test
    [ -x "$venv/bin/python" ] && [ -x "$venv/bin/geoapp" ] && [ -e "$venv/ready-$1" ] &&
        [ "$(cat "$venv/ready-$1")" = "$(venv_key)" ]
}

venv_works() {
    "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

install_python_packages() { # run | test
    lock=$root/requirements.txt
    [ "$1" = run ] || lock=$root/requirements-test.txt
    if ! venv_works; then
        find_python || fail "Python 3.11 or newer is needed." "需要 Python 3.11 或更高版本。"
        rm -rf "$venv"
        "$python" -m venv "$venv" >>"$log" 2>&1 9>&- || fail \
            "Python could not make $venv (details: $log)." "Python 无法建立 $venv（详情见 $log）。"
    fi
    rm -f "$venv"/ready-*
    say "Installing the Python packages of ${lock##*/}, checked by their hashes ..." \
        "正在安装 ${lock##*/} 中的 Python 软件包（校验哈希）……"
    install_lock "$lock" || fail_download "${lock##*/}"
    link_program
    venv_key >"$venv/ready-run"
    [ "$1" = run ] || venv_key >"$venv/ready-test"
}

install_lock() { # uv is four times as fast; pip is the fallback
    find_uv && "$uv" pip install -q --python "$venv/bin/python" --no-build --require-hashes \
        -r "$1" >>"$log" 2>&1 9>&- && return 0
    pip_install -r "$1"
}

pip_install() {
    "$venv/bin/python" -m ensurepip >>"$log" 2>&1 9>&- || return 1
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --only-binary :all: \
        --require-hashes "$@" >>"$log" 2>&1 9>&-
}

find_uv() {
    for uv in uv "$venv/bin/uv"; do
        if "$uv" --version >/dev/null 2>&1; then return 0; fi
    done
    cat >"$state/uv.txt" <<'PIN'
uv==0.13.9 \
    --hash=sha256:d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19 \
    --hash=sha256:ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375
PIN
    uv=$venv/bin/uv
    pip_install -r "$state/uv.txt"
}

link_program() { # the checkout itself is the installed program: no build, edits count at once
    for packages in "$venv"/lib/python3.*/site-packages; do echo "$root" >"$packages/geoapp.pth"; done
    printf '#!%s\nimport sys\n\nfrom geoapp.cli import main\n\nsys.exit(main())\n' \
        "$venv/bin/python" >"$venv/bin/geoapp"
    chmod +x "$venv/bin/geoapp"
}

# --- scripts of the maps ------------------------------------------------------------------------

map_scripts_key() {
    cat "$root/geoapp/static/package-lock.json" "$root/geoapp/maps/vendor.py" | sha256sum
}

map_scripts_are_there() {
    [ -e "$root/geoapp/static/vendor/manifest.json" ] && [ -e "$state/map-scripts" ] &&
        [ "$(cat "$state/map-scripts")" = "$(map_scripts_key)" ]
}

fetch_map_scripts() {
    say "Fetching the scripts of the maps ..." "正在下载地图脚本……"
    (cd "$root" && "$venv/bin/python" -m geoapp.maps.vendor >>"$log" 9>&-) || exit 1
    map_scripts_key >"$state/map-scripts"
}
